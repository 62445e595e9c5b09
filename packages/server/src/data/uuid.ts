import { randomFillSync } from "node:crypto";

const random = new Uint8Array(10 * 512);
let used = random.length;
let lastMilliseconds = 0;
let counter = 0;

/**
 * A UUIDv7 (RFC 9562, section 5.7). Ids of one process rise strictly, also within a millisecond: the 12 bits after
 * the time count (method 1 of section 6.2).
 */
export function newId(): string {
  const present = Date.now();
  if (present > lastMilliseconds) {
    lastMilliseconds = present;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMilliseconds += 1;
    counter = 0;
  }
  if (used + 8 > random.length) {
    randomFillSync(random);
    used = 0;
  }
  const time = lastMilliseconds.toString(16).padStart(12, "0");
  const tail = Buffer.from(random.buffer, used, 8);
  used += 8;
  const variant = ((tail[0] ?? 0) & 0x3f) | 0x80;
  const rest = variant.toString(16).padStart(2, "0") + tail.toString("hex", 1);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
