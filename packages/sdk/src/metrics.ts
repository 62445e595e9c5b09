/**
 * The labels of a metric, each with all the values that it can have: a label of any value, such as a person's id,
 * would make the metric grow without end.
 */
export type MetricLabels = Readonly<Record<string, readonly string[]>>;

/** One value for each label. */
export type LabelValues<L extends MetricLabels> = { readonly [Name in keyof L]: L[Name][number] };

/** What is measured. */
export interface MetricDeclaration<L extends MetricLabels> {
  /** Within the module, such as `requests_total`; shown as `MODULE_requests_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: L;
}

/** A number that only grows. */
export interface Counter<L extends MetricLabels> {
  /** Adds 1, or `amount`. */
  add(...given: keyof L extends never ? [amount?: number] : [labels: LabelValues<L>, amount?: number]): void;
}

/** How often something took how long, in seconds. */
export interface Timer<L extends MetricLabels> {
  /** Measures some work, also when it throws. */
  time<Result>(
    ...given: keyof L extends never
      ? [work: () => Promise<Result>]
      : [labels: LabelValues<L>, work: () => Promise<Result>]
  ): Promise<Result>;
}

/**
 * A module's own metrics, shown at `/metrics`. Every command has a duration and a counter without any of this. A name
 * is declared once, in `initialize`.
 */
export interface Metrics {
  counter<const L extends MetricLabels = Record<never, never>>(declaration: MetricDeclaration<L>): Counter<L>;
  timer<const L extends MetricLabels = Record<never, never>>(declaration: MetricDeclaration<L>): Timer<L>;
}
