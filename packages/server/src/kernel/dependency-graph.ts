/** A graph of names and what each depends on. */
export class DependencyGraph {
  readonly #edges: ReadonlyMap<string, readonly string[]>;

  constructor(edges: ReadonlyMap<string, readonly string[]>) {
    this.#edges = edges;
  }

  /** The names in an order in which each comes after all it depends on; those in or behind a circle are left out. */
  order(): string[] {
    const order: string[] = [];
    const placed = new Set<string>();
    let rest = [...this.#edges.keys()];
    for (;;) {
      const next = rest.filter((name) =>
        (this.#edges.get(name) ?? []).every((needed) => placed.has(needed) || !this.#edges.has(needed)),
      );
      if (next.length === 0) return order;
      for (const name of next) placed.add(name);
      order.push(...next);
      rest = rest.filter((name) => !placed.has(name));
    }
  }

  /** A way from the name back to itself, as `[a, b, a]`; undefined when there is none. */
  circle(name: string): string[] | undefined {
    const path: string[] = [];
    const seen = new Set<string>();
    const visit = (at: string): boolean => {
      for (const next of this.#edges.get(at) ?? []) {
        if (next === name) return true;
        if (seen.has(next)) continue;
        seen.add(next);
        path.push(next);
        if (visit(next)) return true;
        path.pop();
      }
      return false;
    };
    return visit(name) ? [name, ...path, name] : undefined;
  }
}
