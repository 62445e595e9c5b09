import type { QueryConfig } from "pg";
import type { Insertion } from "./recorded-rows.ts";

/** How many forms of a statement are prepared; every connection keeps each of them. */
const MOST_PREPARED = 16;

/** A statement about items that can add rows of modules' tables as well: all of it is stored, or nothing. */
export class StatementWithRows {
  readonly #parts: ConstructorParameters<typeof StatementWithRows>[0];
  readonly #prepared = new Map<string, Pick<QueryConfig, "name" | "text">>();

  /**
   * @param parts.expressions the common table expressions, with the items in the first parameters
   * @param parts.of the expression whose `n` are the items that are stored
   * @param parts.result what follows the expressions
   */
  constructor(parts: {
    readonly name: string;
    readonly of: string;
    readonly expressions: string;
    readonly result: string;
  }) {
    this.#parts = parts;
  }

  /** The statement with its own parameters, always as many, and the rows that are added. */
  with(own: readonly string[], added: readonly Insertion[]): QueryConfig {
    const values = [...own, ...added.map(({ rows }) => rows)];
    const key = added.map((one) => one.key).join("\n");
    const known = this.#prepared.get(key);
    if (known) return { ...known, values };
    const { name, of, expressions, result } = this.#parts;
    const more = added.map((one, index) => `, ${one.text({ parameter: own.length + index + 1, of })}`);
    const text = [expressions, ...more, result].join("");
    if (this.#prepared.size >= MOST_PREPARED) return { text, values };
    const number = this.#prepared.size;
    const prepared = { name: number === 0 ? name : `${name}-${number}`, text };
    this.#prepared.set(key, prepared);
    return { ...prepared, values };
  }
}
