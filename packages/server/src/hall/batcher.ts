import { setImmediate } from "node:timers/promises";

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what arrives while the previous batch is under way and hands it over in one call. Nothing waits for a
 * timer: alone, an item goes at once; under load the batches grow by themselves (group commit).
 */
export class Batcher<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #limit: number;
  readonly #weigh: (item: Item) => number;
  readonly #weightLimit: number;
  readonly #runAlone: (error: unknown) => boolean;
  #waiting: Waiting<Item, Result>[] = [];
  #running = false;

  /**
   * @param options.run returns one result for each item, in order; when it throws, all of the batch fail
   * @param options.limit at most this many items a batch
   * @param options.weigh what an item weighs; a batch ends with the item that brings it over `weightLimit`
   * @param options.runAlone whether the items of a batch that failed so are run again, each alone
   */
  constructor(options: {
    run: (items: readonly Item[]) => Promise<readonly Result[]>;
    limit: number;
    weigh?: (item: Item) => number;
    weightLimit?: number;
    runAlone?: (error: unknown) => boolean;
  }) {
    this.#run = options.run;
    this.#limit = options.limit;
    this.#weigh = options.weigh ?? (() => 0);
    this.#weightLimit = options.weightLimit ?? Infinity;
    this.#runAlone = options.runAlone ?? (() => false);
  }

  async add(item: Item): Promise<Result> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // Requests that lie in the sockets already come with the first; a lone one loses nothing.
    await setImmediate();
    let underWay = this.#begin();
    while (underWay) {
      const tell = await underWay;
      // The next is under way before anybody hears of this one, so that the store works while they are answered.
      underWay = this.#begin();
      tell();
    }
    this.#running = false;
  }

  #begin(): Promise<() => void> | undefined {
    if (this.#waiting.length === 0) return undefined;
    return this.#settle(this.#waiting.splice(0, this.#batchSize()));
  }

  /** Runs a batch; the function that it comes to tells those who wait for it. */
  async #settle(batch: readonly Waiting<Item, Result>[]): Promise<() => void> {
    try {
      const results = await this.#run(batch.map(({ item }) => item));
      return () => {
        batch.forEach(({ resolve, reject }, index) => {
          const result = results[index];
          if (result === undefined) reject(new Error("a batch returned fewer results than it had items"));
          else resolve(result);
        });
      };
    } catch (error) {
      if (batch.length === 1 || !this.#runAlone(error)) {
        return () => {
          for (const { reject } of batch) reject(error);
        };
      }
      const told: (() => void)[] = [];
      for (const one of batch) told.push(await this.#settle([one]));
      return () => {
        for (const tell of told) tell();
      };
    }
  }

  #batchSize(): number {
    let weight = 0;
    for (const [index, { item }] of this.#waiting.entries()) {
      weight += this.#weigh(item);
      if (index + 1 === this.#limit || weight > this.#weightLimit) return index + 1;
    }
    return this.#waiting.length;
  }
}
