import type { FastifyReply } from "fastify";
import { userDocument } from "../hall/documents.ts";
import type { SignedIn } from "../hall/people.ts";
import { setSessionCookie } from "./authentication.ts";

/** The answer to a sign-in, which also gives the browser its cookie where there is a new one. */
export function answerSignedIn(reply: FastifyReply, signedIn: SignedIn, secureCookies: boolean) {
  setSessionCookie(reply, signedIn, secureCookies);
  return {
    access_token: signedIn.access_token,
    token_type: "Bearer" as const,
    expires_in: signedIn.expires_in,
    refresh_token: signedIn.refresh_token,
    user: userDocument(signedIn.user),
  };
}
