import type { JsonValue } from "@guildhall/sdk";
import { z } from "zod";
import { storableJson } from "../storable.ts";

type Json = z.infer<ReturnType<typeof z.json>>;
// What JSON.parse gives is JSON; to look at each part of it again takes longer than to ask Redis.
const Document = z.custom<Json>();

/** A counter as Redis keeps it. */
export const COUNT = /^-?\d+$/;

/** A document as it is kept: JSON behind a space, so that a number is told from a counter. */
export function textOf(value: JsonValue): string {
  return ` ${JSON.stringify(storableJson(value))}`;
}

/** The document that a text is; undefined when it is none. */
export function documentOf(text: string | null): Json | undefined {
  return text === null || COUNT.test(text) ? undefined : Document.parse(JSON.parse(text));
}

/** An instant in the promised form of `<key>:updated_time`, seconds since 1970 with a fraction, as ISO 8601. */
export function instantOf(seconds: string): string {
  const [whole = "0", fraction = ""] = Number(seconds).toFixed(6).split(".");
  return `${new Date(Number(whole) * 1000).toISOString().slice(0, -4)}${fraction}Z`;
}

/** The reverse of {@link instantOf}, for instants since 1970. */
export function secondsOf(instant: string): string {
  const [whole = "", fraction = ""] = instant.slice(0, -1).split(".");
  return `${Date.parse(`${whole}Z`) / 1000}.${fraction}`;
}
