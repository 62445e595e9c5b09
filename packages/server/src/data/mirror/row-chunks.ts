import { crc32 } from "node:zlib";

/** On the average, in bytes: a changed row makes so much travel. */
const CHUNK_BYTES = 256 * 1024;
const LONGEST_CHUNK_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Cuts the text form of `COPY` into chunks of whole rows. Where a chunk ends depends on that row alone, so that a row
 * that is new, gone or changed changes the chunk that it is in and leaves the others as they were.
 */
export async function* rowChunks(content: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let rest = Buffer.alloc(0);
  let rows: Buffer[] = [];
  let size = 0;
  for await (const bytes of content) {
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
    let from = 0;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
      const row = rest.subarray(from, end + 1);
      from = end + 1;
      rows.push(row);
      size += row.length;
      if (isLast(row) || size >= LONGEST_CHUNK_BYTES) {
        yield Buffer.concat(rows);
        rows = [];
        size = 0;
      }
    }
    rest = rest.subarray(from);
  }
  if (rest.length > 0) rows.push(rest);
  if (rows.length > 0) yield Buffer.concat(rows);
}

/** Of rows of one length, one in so many ends a chunk as fills it. */
function isLast(row: Buffer): boolean {
  return crc32(row) / 2 ** 32 < row.length / CHUNK_BYTES;
}
