import type { Sides } from "./syntax-tree.ts";

/** The faces of one die. */
export class DieShape {
  /** How its kind is called in results: the number of faces, or a name such as "F". */
  readonly sides: number | string;
  /** How many different faces it has. */
  readonly size: number;
  /** How many sides it has, counting each face as often as it is on it. */
  readonly weight: number;
  readonly #base: number;
  readonly #step: number;
  readonly #faces:
    | readonly { readonly value: number; readonly symbol: string | null; readonly below: number }[]
    | null;

  constructor(given: {
    readonly sides: number | string;
    readonly size: number;
    readonly base?: number;
    readonly step?: number;
    readonly faces?: readonly {
      readonly value: number;
      readonly symbol: string | null;
      readonly weight: number;
    }[];
  }) {
    this.sides = given.sides;
    this.size = given.size;
    this.#base = given.base ?? 1;
    this.#step = given.step ?? 1;
    let below = 0;
    this.#faces =
      given.faces?.map(({ value, symbol, weight }) => ({ value, symbol, below: (below += weight) })) ?? null;
    this.weight = this.#faces ? below : given.size;
  }

  /** The face on so manyth a side, both counted from 0. */
  faceAt(side: number): number {
    if (!this.#faces) return side;
    return this.#faces.findIndex(({ below }) => side < below);
  }

  /** How many sides show a face. */
  weightOf(face: number): number {
    if (!this.#faces) return 1;
    return (this.#faces[face]?.below ?? 0) - (this.#faces[face - 1]?.below ?? 0);
  }

  /** What a face counts, the faces counted from 0. */
  valueOf(face: number): number {
    return this.#faces ? (this.#faces[face]?.value ?? 0) : this.#base + face * this.#step;
  }

  symbolOf(face: number): string | null {
    return this.#faces?.[face]?.symbol ?? null;
  }

  /** The face that counts so much; -1 when there is none. */
  faceOf(value: number): number {
    if (this.#faces) return this.#faces.findIndex((face) => face.value === value);
    const face = (value - this.#base) / this.#step;
    return Number.isInteger(face) && face >= 0 && face < this.size ? face : -1;
  }

  get lowest(): number {
    return this.#faces ? Math.min(...this.#faces.map(({ value }) => value)) : this.#base;
  }

  get highest(): number {
    return this.#faces ? Math.max(...this.#faces.map(({ value }) => value)) : this.valueOf(this.size - 1);
  }

  /** Whether every face satisfies a test; a large die is tried at its ends and through its first faces. */
  every(test: (value: number) => boolean): boolean {
    if (!test(this.lowest) || !test(this.highest)) return false;
    const tried = Math.min(this.size, 10_000);
    for (let face = 0; face < tried; face += 1) if (!test(this.valueOf(face))) return false;
    return true;
  }
}

const TENS = new DieShape({ sides: "%%", size: 10, base: 0, step: 10 });
const COIN = new DieShape({ sides: "coin", size: 2, base: 0 });
const FUDGE = new DieShape({ sides: "F", size: 3, base: -1 });
const FUDGE_ONE = new DieShape({
  sides: "F.1",
  size: 3,
  faces: [
    { value: -1, symbol: null, weight: 1 },
    { value: 0, symbol: null, weight: 4 },
    { value: 1, symbol: null, weight: 1 },
  ],
});

/** The die with faces 1 to `sides`. */
export function plainDie(sides: number): DieShape {
  return new DieShape({ sides, size: sides });
}

/** The die that fixed sides describe. */
export function shapeOf(sides: Exclude<Sides, { kind: "computed" }>): DieShape {
  switch (sides.kind) {
    case "number":
      return plainDie(sides.of);
    case "percent":
      return plainDie(100);
    case "tens":
      return TENS;
    case "zero":
      return new DieShape({ sides: `z${sides.of}`, size: sides.of, base: 0 });
    case "fudge":
      return sides.variant === 2 ? FUDGE : FUDGE_ONE;
    case "coin":
      return COIN;
    case "faces":
      return new DieShape({ sides: "faces", size: sides.faces.length, faces: sides.faces });
  }
}
