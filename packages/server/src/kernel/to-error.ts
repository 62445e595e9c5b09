/**
 * What was thrown, as an error whose name, message and stack are text: JavaScript lets anything be thrown, also what
 * throws when it is looked at. Never throws itself.
 */
export function toError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error && hasTexts(thrown)) return thrown;
    return new Error(wordsOf(thrown));
  } catch {
    return new Error("something that cannot be looked at was thrown");
  }
}

function hasTexts({ name, message, stack }: Error): boolean {
  const [nameType, messageType, stackType] = [typeof name, typeof message, typeof stack];
  return nameType === "string" && messageType === "string" && stackType === "string";
}

function wordsOf(thrown: unknown): string {
  return String(thrown instanceof Error ? thrown.message : thrown);
}
