import { answerRequest, type CommandUser, type Route, type RouteAnswer } from "@guildhall/sdk";
import type { StartedModule } from "@guildhall/sdk/testing";
import { z } from "zod";
import { withinLimit } from "../../kernel/within-limit.ts";
import { sampleValue } from "./sample-value.ts";

const PATIENCE_MILLISECONDS = 5000;

/** Who asks the routes that want to know. */
export const CHECKER: CommandUser = {
  id: "00000000-0000-7000-8000-0000000000ad",
  email: "ada@example.org",
  displayName: "Ada",
  isAdministrator: true,
};

/** The access token of {@link CHECKER}. */
export const CHECKER_TOKEN = "a-token-for-the-check";

/** What came of asking a route. */
export type Asked =
  | { readonly kind: "answered"; readonly answer: RouteAnswer }
  /** It threw, which the hall answers for. */
  | { readonly kind: "threw" }
  /** What is wrong with it, behind its name. */
  | { readonly kind: "wrong"; readonly sentence: string }
  /** No request that it takes could be made of its schemas. */
  | { readonly kind: "unknown" };

/** Asks a route as somebody who is signed in, with the least that its schemas take. */
export async function askRoute(started: StartedModule, route: Route): Promise<Asked> {
  const parameters = Strings.safeParse(sampleValue(route.parameters));
  const query = sampleValue(route.query);
  const body = route.body && sampleValue(route.body);
  if (!parameters.success || query === undefined || (route.body && body === undefined)) {
    return { kind: "unknown" };
  }
  const { tokens, signal } = started.context;
  let hasThrown = false;
  try {
    const answered = await withinLimit(
      async () => {
        try {
          return await answerRequest(route, {
            parameters: parameters.data,
            query,
            body,
            authorization: `Bearer ${CHECKER_TOKEN}`,
            tokens,
            log: started.log,
            signal,
          });
        } catch (error) {
          hasThrown = true;
          throw error;
        }
      },
      PATIENCE_MILLISECONDS,
      "too late",
    );
    return z.object({ status: z.int(), body: z.json() }).safeParse(answered).success
      ? { kind: "answered", answer: answered }
      : { kind: "wrong", sentence: "returns no answer: use answer(status, body)" };
  } catch {
    if (hasThrown) return { kind: "threw" };
    const sentence = `does not answer within ${PATIENCE_MILLISECONDS / 1000} s: set a limit to what it waits for`;
    return { kind: "wrong", sentence };
  }
}

/** A route as a person reads it. */
export function shownRoute({ method, path }: Route): string {
  return `${method} ${path}`;
}

// As they stand in a path.
const Strings = z.record(z.string(), z.union([z.string(), z.number().transform(String)]));
