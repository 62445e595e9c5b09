import type { JsonValue } from "@guildhall/sdk";

/**
 * A text as the store can hold it: PostgreSQL's text holds no NUL, and JSON on its way there no half of a surrogate
 * pair. Either becomes a replacement character.
 */
export function storable(content: string): string {
  return content.includes("\0") || !content.isWellFormed()
    ? content.replaceAll("\0", "\uFFFD").toWellFormed()
    : content;
}

/** A JSON value with every text in it, keys too, as {@link storable} makes it. */
export function storableJson(value: JsonValue): JsonValue {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(storableJson);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [storable(key), storableJson(part)]));
}

// Array.isArray does not narrow a readonly array.
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
