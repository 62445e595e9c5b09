import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/** The largest body, in bytes. */
export const BODY_LIMIT = 1_048_576;

const MAX_DEPTH = 64;

/** Reads JSON bodies strictly: UTF-8 or an error, and no deeper than 64 levels. An empty body is no body. */
export function readJsonBodies(app: FastifyInstance): void {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer", bodyLimit: BODY_LIMIT },
    (_request, body, done) => {
      if (body.length === 0) {
        done(null, undefined);
        return;
      }
      let text: string;
      try {
        text = decoder.decode(Buffer.from(body));
      } catch {
        done(new Problem("body_not_utf8", "The body is not valid UTF-8."));
        return;
      }
      if (isTooDeep(text)) {
        done(new Problem("body_too_deep", `The JSON is nested more than ${MAX_DEPTH} levels deep.`));
        return;
      }
      try {
        done(null, JSON.parse(text));
      } catch (error) {
        done(new Problem("body_not_json", error instanceof Error ? error.message : "The body is not JSON."));
      }
    },
  );
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === 0x5c) index += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) {
      inString = true;
    } else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (character === 0x7d || character === 0x5d) {
      depth -= 1;
    }
  }
  return false;
}
