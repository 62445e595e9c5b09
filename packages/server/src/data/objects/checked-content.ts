import { createHash } from "node:crypto";
import { ObjectStoreError } from "@guildhall/sdk";

/** Passes content on as it comes, and throws `corrupt` at its end when it is not what `sha256` says. */
export async function* checkedContent(
  content: AsyncIterable<Uint8Array>,
  { key, sha256 }: { readonly key: string; readonly sha256: string },
): AsyncIterable<Uint8Array> {
  const hash = createHash("sha256");
  for await (const bytes of content) {
    hash.update(bytes);
    yield bytes;
  }
  if (hash.digest("hex") !== sha256) {
    throw new ObjectStoreError(
      "corrupt",
      `The object ${key} is damaged: its content is not what was stored. Take an older version, or mend the store.`,
    );
  }
}

/** Content as a stream of its own, whatever it comes as. */
export async function* asStream(content: Uint8Array | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (content instanceof Uint8Array) yield content;
  else yield* content;
}
