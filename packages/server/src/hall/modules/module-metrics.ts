import type { Counter, MetricDeclaration, MetricLabels, Metrics, Timer } from "@guildhall/sdk";
import { Counter as PromCounter, Histogram, type Registry } from "prom-client";

const NAME = /^[a-z][a-z0-9_]*$/;
const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];

/** A module's own metrics in the hall's registry, until they are removed. */
export class ModuleMetrics implements Metrics {
  readonly #registry: Registry;
  readonly #prefix: string;
  readonly #names: string[] = [];

  constructor({ registry, module }: { readonly registry: Registry; readonly module: string }) {
    this.#registry = registry;
    this.#prefix = module.replaceAll("-", "_");
  }

  counter<const L extends MetricLabels = Record<never, never>>(
    declaration: MetricDeclaration<L>,
  ): Counter<L> {
    const counter = new PromCounter({ ...this.#declare(declaration), registers: [this.#registry] });
    const labels = new LabelReader(declaration);
    return {
      add: (...given) => {
        const [values, amount] = labels.split(given);
        counter.inc(values, typeof amount === "number" ? amount : 1);
      },
    };
  }

  timer<const L extends MetricLabels = Record<never, never>>(declaration: MetricDeclaration<L>): Timer<L> {
    const histogram = new Histogram({
      ...this.#declare(declaration),
      buckets: SECONDS,
      registers: [this.#registry],
    });
    const labels = new LabelReader(declaration);
    return {
      time: async (...given) => {
        const work = given.at(-1);
        const [values] = labels.split(given);
        const begun = performance.now();
        try {
          if (typeof work !== "function") throw new TypeError("a timer needs the work that it measures");
          return await work();
        } finally {
          histogram.observe(values, (performance.now() - begun) / 1000);
        }
      },
    };
  }

  /** Takes the module's metrics away again. */
  remove(): void {
    for (const name of this.#names.splice(0)) this.#registry.removeSingleMetric(name);
  }

  #declare<L extends MetricLabels>({ name, help, labels }: MetricDeclaration<L>) {
    if (!NAME.test(name)) {
      throw new TypeError(`"${name}" cannot name a metric: use lower-case letters, digits and underscores`);
    }
    const full = `${this.#prefix}_${name}`;
    if (this.#registry.getSingleMetric(full)) throw new TypeError(`the metric "${full}" is there already`);
    this.#names.push(full);
    return { name: full, help, labelNames: Object.keys(labels ?? {}) };
  }
}

/** Holds label values to those that were declared, whatever a caller without types gives. */
class LabelReader<L extends MetricLabels> {
  readonly #labels: MetricLabels;

  constructor({ labels }: MetricDeclaration<L>) {
    this.#labels = labels ?? {};
  }

  split(given: readonly unknown[]): [values: Record<string, string>, rest: unknown] {
    const names = Object.keys(this.#labels);
    if (names.length === 0) return [{}, given[0]];
    const [values, rest] = given;
    return [
      Object.fromEntries(
        names.map((name) => {
          const value: unknown =
            typeof values === "object" && values !== null ? Reflect.get(values, name) : undefined;
          const known = (this.#labels[name] ?? []).find((one) => one === value);
          if (known === undefined)
            throw new TypeError(`"${String(value)}" is no declared value of the label "${name}"`);
          return [name, known];
        }),
      ),
      rest,
    ];
  }
}
