import { limitError } from "./dice-error.ts";
import type { Limits } from "./limits.ts";
import { byteFaces, bytePairs, type BufferedRandom } from "./random-source.ts";
import type { Expression } from "./syntax-tree.ts";

interface FastTerm {
  readonly faces: Uint8Array;
  readonly sides: number;
  readonly count: number;
  readonly sign: 1 | -1;
  /** How many dice are kept; all of them when it is `count`. */
  readonly kept: number;
  readonly keepsHigh: boolean;
  readonly explodes: boolean;
  readonly at: number;
}

/** What a plan has rolled: the total, and every face in the order of its die. */
export interface FastResult {
  readonly total: number;
  readonly faces: readonly number[];
}

const MOST_SIDES = 255;
// Two dice of so many faces have no more results than a byte has values.
const MOST_PAIRED = 16;
const MANY = 32;

/**
 * The usual expressions without detours: sums of plain dice, of dice of which some are kept, and of exploding dice. Only
 * the faces are stored; everything else about the roll can be found from them.
 */
export class FastPlan {
  readonly #terms: readonly FastTerm[];
  readonly #constant: number;
  readonly #limits: Limits;
  readonly #counts = new Uint32Array(MOST_SIDES + 1);
  /** Whether it is so many plain dice of one kind that they are rolled in pairs. */
  readonly #many: boolean;
  /** The one term of a plan with no other. */
  readonly #only: FastTerm | undefined;

  private constructor(terms: readonly FastTerm[], given: { constant: number; limits: Limits }) {
    this.#terms = terms;
    this.#constant = given.constant;
    this.#limits = given.limits;
    const [only, ...others] = terms;
    this.#only = others.length === 0 ? only : undefined;
    this.#many =
      only !== undefined &&
      others.length === 0 &&
      only.count >= MANY &&
      only.sides <= MOST_PAIRED &&
      only.kept === only.count &&
      !only.explodes;
  }

  /** Undefined for an expression that needs more. */
  static of(expression: Expression, limits: Limits): FastPlan | undefined {
    const terms: FastTerm[] = [];
    let constant = 0;
    const visit = (node: Expression, sign: 1 | -1): boolean => {
      if (node.kind === "binary" && (node.operator === "+" || node.operator === "-")) {
        const right = node.operator === "+" ? sign : sign === 1 ? -1 : 1;
        return visit(node.left, sign) && visit(node.right, right);
      }
      if (node.kind === "number" && /^\d{1,9}$/.test(node.text)) {
        constant += sign * Number(node.text);
        return true;
      }
      const term = fastTerm(node, sign);
      if (term) terms.push(term);
      return term !== undefined;
    };
    return visit(expression, 1) && terms.length > 0 ? new FastPlan(terms, { constant, limits }) : undefined;
  }

  /** @throws DiceError when explosions exceed a limit */
  roll(random: BufferedRandom): FastResult {
    const first = this.#only;
    if (first) {
      if (this.#many) return this.#rollMany(first, random);
      if (first.count === 1 && first.kept === 1 && !first.explodes) {
        const face = random.rollByte(first.faces);
        return { total: this.#constant + first.sign * face, faces: [face] };
      }
    }
    const faces: number[] = [];
    let total = this.#constant;
    for (const term of this.#terms) {
      const from = faces.length;
      let sum = random.rollBytes(term.faces, faces, term.count);
      if (term.explodes) sum += this.#explode(term, { random, faces, from });
      if (term.kept < term.count) sum = this.#kept(term, { sum, faces, from });
      total += term.sign * sum;
    }
    return { total, faces };
  }

  /** Many small dice of one kind: two of them from each byte. */
  #rollMany({ count, sides, sign }: FastTerm, random: BufferedRandom): FastResult {
    // oxlint-disable-next-line unicorn/no-new-array -- made at its length once, where growing would copy it
    const faces = new Array<number>(count + (count & 1));
    let sum = random.rollPairs(bytePairs(sides), faces);
    if (faces.length > count) sum -= faces.pop() ?? 0;
    return { total: this.#constant + sign * sum, faces };
  }

  #explode(
    { faces: table, sides, at }: FastTerm,
    { random, faces, from }: { random: BufferedRandom; faces: number[]; from: number },
  ): number {
    let sum = 0;
    let begin = from;
    for (let chain = 0; ; chain += 1) {
      const end = faces.length;
      let exploded = 0;
      for (let index = begin; index < end; index += 1) if (faces[index] === sides) exploded += 1;
      if (exploded === 0) return sum;
      if (chain >= this.#limits.chain) {
        throw limitError(`one die exploded ${chain} times, which is the most`, { limit: "chain", at });
      }
      if (end + exploded > this.#limits.draws) {
        throw limitError(`that is too many dice: ${this.#limits.draws.toLocaleString("en")} is the most`, {
          limit: "draws",
          at,
        });
      }
      for (let left = exploded; left > 0; left -= 1) {
        const face = random.rollByte(table);
        faces.push(face);
        sum += face;
      }
      begin = end;
    }
  }

  #kept(
    { count, kept, keepsHigh, sides }: FastTerm,
    { sum, faces, from }: { sum: number; faces: readonly number[]; from: number },
  ): number {
    if (count - kept === 1) {
      let worst = faces[from] ?? 0;
      for (let index = from + 1; index < from + count; index += 1) {
        const face = faces[index] ?? 0;
        if (keepsHigh ? face < worst : face > worst) worst = face;
      }
      return sum - worst;
    }
    const counts = this.#counts;
    counts.fill(0, 1, sides + 1);
    for (let index = from; index < from + count; index += 1) {
      const face = faces[index] ?? 0;
      counts[face] = (counts[face] ?? 0) + 1;
    }
    let left = kept;
    let value = 0;
    for (let face = keepsHigh ? sides : 1; left > 0; face += keepsHigh ? -1 : 1) {
      const here = Math.min(left, counts[face] ?? 0);
      value += here * face;
      left -= here;
    }
    return value;
  }
}

function fastTerm(node: Expression, sign: 1 | -1): FastTerm | undefined {
  if (node.kind !== "dice" || node.count.kind !== "number" || node.modifiers.length > 1) return undefined;
  const sides = node.sides.kind === "percent" ? 100 : node.sides.kind === "number" ? node.sides.of : 0;
  if (sides < 1 || sides > MOST_SIDES) return undefined;
  const count = Number(node.count.text);
  const plain = { faces: byteFaces(sides), sides, count, sign, at: node.at };
  const [modifier] = node.modifiers;
  if (!modifier) return { ...plain, kept: count, keepsHigh: true, explodes: false };
  if (modifier.kind === "explode") {
    const { style, once, most, apart, on } = modifier;
    const usual = style === "explode" && !once && most === null && !apart && on === null;
    return usual ? { ...plain, kept: count, keepsHigh: true, explodes: true } : undefined;
  }
  if (modifier.kind !== "keep" && modifier.kind !== "drop") return undefined;
  const [selector, ...others] = modifier.selectors;
  if (!selector || others.length > 0 || (selector.pick !== "high" && selector.pick !== "low"))
    return undefined;
  const keeps = modifier.kind === "keep";
  const kept = keeps ? Math.min(count, selector.count) : Math.max(0, count - selector.count);
  return { ...plain, kept, keepsHigh: (selector.pick === "high") === keeps, explodes: false };
}
