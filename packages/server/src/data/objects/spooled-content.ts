import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Content of known length and sums, as the stores want it before the first byte. */
export interface SpooledContent {
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly md5: Buffer;
  /** The bytes themselves, or the path of a file with them. */
  readonly source: { readonly bytes: Uint8Array } | { readonly path: string };
}

/** Lends content to `use`, a stream by way of a temporary file, which is removed afterwards. */
export async function withSpooled<Result>(
  content: Uint8Array | AsyncIterable<Uint8Array>,
  { signal }: { readonly signal: AbortSignal | undefined },
  use: (spooled: SpooledContent) => Promise<Result>,
): Promise<Result> {
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");
  if (content instanceof Uint8Array) {
    sha256.update(content);
    md5.update(content);
    return await use({
      size: content.byteLength,
      sha256: sha256.digest("hex"),
      md5: md5.digest(),
      source: { bytes: content },
    });
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-object-"));
  try {
    const file = path.join(folder, "content");
    let size = 0;
    const count = new Transform({
      transform: (bytes: Uint8Array, _encoding, done) => {
        size += bytes.byteLength;
        sha256.update(bytes);
        md5.update(bytes);
        done(null, bytes);
      },
    });
    await pipeline(Readable.from(content), count, createWriteStream(file, { mode: 0o600 }), { signal });
    return await use({ size, sha256: sha256.digest("hex"), md5: md5.digest(), source: { path: file } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
