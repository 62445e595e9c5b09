import { randomFillSync } from "node:crypto";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const random = new Uint8Array(8 * 512);
let used = random.length;
let lastMilliseconds = 0;
let counter = 0;
/** The time as an id begins with it, and its version. */
let beginning = "";

/**
 * A UUIDv7 (RFC 9562, section 5.7). Ids of one process rise strictly, also within a millisecond: the 12 bits after
 * the time count (method 1 of section 6.2).
 */
export function newId(): string {
  const present = Date.now();
  if (present > lastMilliseconds) {
    beginAt(present);
  } else if (++counter > 0xfff) {
    beginAt(lastMilliseconds + 1);
  }
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const count = `${(counter >> 8).toString(16)}${HEX[counter & 0xff] ?? ""}`;
  const variant = HEX[(randomByte() & 0x3f) | 0x80] ?? "";
  return `${beginning}${count}-${variant}${pair()}-${pair()}${pair()}${pair()}${pair()}${pair()}${pair()}`;
}

function beginAt(milliseconds: number): void {
  lastMilliseconds = milliseconds;
  counter = 0;
  const time = milliseconds.toString(16).padStart(12, "0");
  beginning = `${time.slice(0, 8)}-${time.slice(8)}-7`;
}

function randomByte(): number {
  return random[used++] ?? 0;
}

/** Two random digits. */
function pair(): string {
  return HEX[randomByte()] ?? "";
}
