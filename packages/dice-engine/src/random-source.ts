/** Where rolls get their luck from. */
export interface RandomSource {
  /** A whole number from 0 to `span - 1`, each equally likely; `span` is 1 to 2^32. */
  below(span: number): number;
}

/** Fills a block with random bytes. */
export type FillBytes = (block: Uint8Array<ArrayBuffer>) => void;

const BLOCK = 16_384;
const WORDS = 2 ** 32;
const systemBytes: FillBytes = (block) => void crypto.getRandomValues(block);

/**
 * Random bytes fetched in blocks and made uniform by rejection: a value from the last, incomplete run of `span`
 * would make low numbers likelier, so it is thrown away. Takes one byte where a byte is enough.
 */
export class BufferedRandom implements RandomSource {
  readonly #fill: FillBytes;
  readonly #block = new Uint8Array(BLOCK);
  #used = BLOCK;

  /** @param fill the system's own generator when not given */
  constructor(fill: FillBytes = systemBytes) {
    this.#fill = fill;
  }

  below(span: number): number {
    if (span <= 256) {
      const limit = 256 - (256 % span);
      for (;;) {
        if (this.#used === BLOCK) this.#refill();
        const byte = this.#block[this.#used++] ?? 0;
        if (byte < limit) return byte % span;
      }
    }
    const limit = WORDS - (WORDS % span);
    for (;;) {
      if (this.#used > BLOCK - 4) this.#refill();
      const at = this.#used;
      this.#used = at + 4;
      const word =
        (this.#block[at] ?? 0) * 0x1000000 +
        (((this.#block[at + 1] ?? 0) << 16) | ((this.#block[at + 2] ?? 0) << 8) | (this.#block[at + 3] ?? 0));
      if (word < limit) return word % span;
    }
  }

  /** Rolls one die, by the table of its faces; see {@link byteFaces}. */
  rollByte(table: Uint8Array): number {
    for (;;) {
      if (this.#used === BLOCK) this.#refill();
      const face = table[this.#block[this.#used++] ?? 0] ?? 0;
      if (face !== 0) return face;
    }
  }

  /** Adds so many dice to a list, by the table of their faces, and returns their sum. */
  rollBytes(table: Uint8Array, into: number[], count: number): number {
    const block = this.#block;
    let used = this.#used;
    let sum = 0;
    let left = count;
    while (left > 0) {
      if (used === BLOCK) {
        this.#refill();
        used = 0;
      }
      const face = table[block[used++] ?? 0] ?? 0;
      if (face === 0) continue;
      into.push(face);
      sum += face;
      left -= 1;
    }
    this.#used = used;
    return sum;
  }

  /**
   * Rolls dice into all places, which are an even number, and returns their sum.
   *
   * @param table what each byte shows: two faces of 1 byte each, or 0 for a byte to throw away; see {@link bytePairs}
   */
  rollPairs(table: Uint16Array, into: number[]): number {
    const block = this.#block;
    const count = into.length;
    let used = this.#used;
    let sum = 0;
    let at = 0;
    while (at < count) {
      if (used === BLOCK) {
        this.#refill();
        used = 0;
      }
      const pair = table[block[used++] ?? 0] ?? 0;
      if (pair === 0) continue;
      const first = pair & 255;
      const second = pair >>> 8;
      into[at] = first;
      into[at + 1] = second;
      at += 2;
      sum += first + second;
    }
    this.#used = used;
    return sum;
  }

  #refill(): void {
    this.#fill(this.#block);
    this.#used = 0;
  }
}

/** What each byte shows on a die of at most 255 faces; 0 where it has to be thrown away. */
export function byteFaces(sides: number): Uint8Array {
  const known = tables[sides];
  if (known) return known;
  const limit = 256 - (256 % sides);
  const table = new Uint8Array(256);
  for (let byte = 0; byte < limit; byte += 1) table[byte] = (byte % sides) + 1;
  tables[sides] = table;
  return table;
}

const tables: Uint8Array[] = [];

/** What each byte shows on two dice of at most 16 faces: a face in each half; 0 where it has to be thrown away. */
export function bytePairs(sides: number): Uint16Array {
  const known = pairTables[sides];
  if (known) return known;
  const ways = sides * sides;
  const limit = 256 - (256 % ways);
  const table = new Uint16Array(256);
  for (let byte = 0; byte < limit; byte += 1) {
    const way = byte % ways;
    table[byte] = ((way % sides) + 1) | ((Math.floor(way / sides) + 1) << 8);
  }
  pairTables[sides] = table;
  return table;
}

const pairTables: Uint16Array[] = [];

/** Makes a source of any generator of whole numbers between two bounds, both included. */
export function randomFrom(generator: { integer(low: number, high: number): number }): RandomSource {
  return { below: (span) => generator.integer(0, span - 1) };
}
