const GENERATION = 256;

/**
 * Remembers values by text. Two generations: what was not asked for while 256 others were is forgotten, which costs less
 * than keeping an order.
 */
export class RecentMap<Value> {
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** The value of a key, made when it is not remembered; what `make` throws is not remembered. */
  get(key: string, make: (key: string) => Value): Value {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const value = this.#old.get(key) ?? make(key);
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}
