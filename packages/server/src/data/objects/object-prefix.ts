import { assertObjectKey } from "@guildhall/sdk";

/** @throws RangeError when no key can begin with the text */
export function assertObjectPrefix(prefix: string): void {
  if (prefix !== "") assertObjectKey(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
}
