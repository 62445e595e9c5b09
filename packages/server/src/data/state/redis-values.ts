import type { JsonValue } from "@guildhall/sdk";
import { z } from "zod";
import { storableJson } from "../storable.ts";

const Document = z.json();

/** A counter as Redis keeps it. */
export const COUNT = /^-?\d+$/;

/** A document as it is kept: JSON behind a space, so that a number is told from a counter. */
export function textOf(value: JsonValue): string {
  return ` ${JSON.stringify(storableJson(value))}`;
}

/** The document that a text is; undefined when it is none. */
export function documentOf(text: string | null): z.infer<typeof Document> | undefined {
  return text === null || COUNT.test(text) ? undefined : Document.parse(JSON.parse(text));
}
