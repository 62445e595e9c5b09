const LONGEST_KEY = 512;
const KEY = /^[A-Za-z0-9._=-]+(\/[A-Za-z0-9._=-]+)*$/;

/** @throws RangeError when the text cannot be the key of an object */
export function assertObjectKey(key: string): void {
  const isOne = KEY.test(key) && key.length <= LONGEST_KEY;
  if (!isOne || key.split("/").some((word) => /^\.+$/.test(word))) {
    throw new RangeError(
      `"${key.slice(0, 100)}" cannot be an object's key: use words of letters, digits, ".", "_", "-" and "=", joined by "/", at most ${LONGEST_KEY} characters.`,
    );
  }
}

/** @throws RangeError when no key can begin with the text */
export function assertObjectPrefix(prefix: string): void {
  if (prefix !== "") assertObjectKey(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
}
