// Only what is used: the whole library takes a tenth of the time of a start.
import { JOSEError } from "jose/errors";
import { SignJWT } from "jose/jwt/sign";
import { jwtVerify } from "jose/jwt/verify";
import { z } from "zod";
import { newId } from "../data/uuid.ts";
import type { SecretKey } from "./secret-key.ts";

/** How long an access token lasts, in seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = "guildhall";
const ACCESS = "access";
const HAND_OVER = "hand-over";

const AccessClaims = z.object({
  sub: z.uuid(),
  email: z.string(),
  password_version: z.int(),
  sid: z.uuid(),
});
const HandOverClaims = z.object({ sub: z.uuid(), action_id: z.uuid(), attempt: z.int() });

/** What an access token says. Whether it still holds is for the store to tell. */
export interface AccessClaim {
  readonly user_id: string;
  readonly password_version: number;
  readonly session_id: string;
}

/** What a hand-over token says: who may finish which run of an action. */
export interface HandOverClaim {
  readonly user_id: string;
  readonly action_id: string;
  readonly attempt: number;
}

/** Signs and checks the hall's own tokens (JWT, HS256, keys derived from the secret key). */
export class Tokens {
  readonly #key: Uint8Array;
  readonly #now: () => Date;

  constructor({ secretKey, now }: { secretKey: SecretKey; now: () => Date }) {
    this.#key = secretKey.derive("tokens");
    this.#now = now;
  }

  async signAccess(claim: AccessClaim & { email: string }): Promise<string> {
    const at = Math.floor(this.#now().getTime() / 1000);
    return await new SignJWT({
      email: claim.email,
      password_version: claim.password_version,
      sid: claim.session_id,
    })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(claim.user_id)
      .setJti(newId())
      .setIssuer(ISSUER)
      .setAudience(ACCESS)
      .setIssuedAt(at)
      .setExpirationTime(at + ACCESS_TOKEN_SECONDS)
      .sign(this.#key);
  }

  /** The claim of a token that is whole and in date; undefined for any other. */
  async readAccess(token: string): Promise<AccessClaim | undefined> {
    const claims = AccessClaims.safeParse(await this.#verify(token, ACCESS));
    if (!claims.success) return undefined;
    const { sub, password_version, sid } = claims.data;
    return { user_id: sub, password_version, session_id: sid };
  }

  async signHandOver(claim: HandOverClaim, expiresAt: Date): Promise<string> {
    return await new SignJWT({ action_id: claim.action_id, attempt: claim.attempt })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(claim.user_id)
      .setIssuer(ISSUER)
      .setAudience(HAND_OVER)
      .setExpirationTime(expiresAt)
      .sign(this.#key);
  }

  async readHandOver(token: string): Promise<HandOverClaim | undefined> {
    const claims = HandOverClaims.safeParse(await this.#verify(token, HAND_OVER));
    if (!claims.success) return undefined;
    return { user_id: claims.data.sub, action_id: claims.data.action_id, attempt: claims.data.attempt };
  }

  async #verify(token: string, audience: string): Promise<unknown> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        issuer: ISSUER,
        audience,
        algorithms: ["HS256"],
        currentDate: this.#now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof JOSEError) return undefined;
      throw error;
    }
  }
}
