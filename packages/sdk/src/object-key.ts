const LONGEST_KEY = 512;
const KEY = /^[A-Za-z0-9._=-]+(\/[A-Za-z0-9._=-]+)*$/;

/** Refuses what no store takes as the key of an object. @throws RangeError that says what a key is made of */
export function assertObjectKey(key: string): void {
  const isOne = KEY.test(key) && key.length <= LONGEST_KEY;
  if (!isOne || key.split("/").some((word) => /^\.+$/.test(word))) {
    throw new RangeError(
      `"${key.slice(0, 100)}" cannot be an object's key: use words of letters, digits, ".", "_", "-" and "=", joined by "/", at most ${LONGEST_KEY} characters.`,
    );
  }
}
