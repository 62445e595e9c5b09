import { describe, expect, it } from "vitest";
import { Batcher } from "./batcher.ts";

/** A batcher whose batches end when told, and what was done in which order. */
function controlled(options: { runAlone?: (error: unknown) => boolean } = {}) {
  const begun: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const order: string[] = [];
  const batcher = new Batcher<string, string>({
    limit: 3,
    run: async (items) =>
      await new Promise((resolve, reject) => {
        order.push(`begin ${items.join("")}`);
        begun.push({
          items,
          end: (error) => (error ? reject(error) : resolve(items.map((item) => item.toUpperCase()))),
        });
      }),
    ...options,
  });
  const add = async (item: string) => {
    try {
      const result = await batcher.add(item);
      order.push(`told ${result}`);
    } catch (error) {
      order.push(`failed ${item}: ${error instanceof Error ? error.message : ""}`);
    }
  };
  const batch = async (index: number) => {
    await expect.poll(() => begun.length).toBeGreaterThan(index);
    const found = begun[index];
    if (!found) throw new Error("no such batch");
    return found;
  };
  return { add, batch, order };
}

describe("a batcher", () => {
  it("takes what comes together, up to its limit, and begins the next before it tells of the last", async () => {
    const { add, batch, order } = controlled();
    const all = ["a", "b", "c", "d"].map(add);
    (await batch(0)).end();
    (await batch(1)).end();
    await Promise.all(all);
    expect(order).toEqual(["begin abc", "begin d", "told A", "told B", "told C", "told D"]);
  });

  it("goes on after it has been idle, and after a batch that failed", async () => {
    const { add, batch, order } = controlled();
    const first = add("a");
    (await batch(0)).end(new Error("away"));
    await first;
    const second = add("b");
    (await batch(1)).end();
    await second;
    expect(order).toEqual(["begin a", "failed a: away", "begin b", "told B"]);
  });

  it("runs the items of a batch alone where one of them may be at fault", async () => {
    const { add, batch, order } = controlled({
      runAlone: (error) => error instanceof Error && error.message === "bad",
    });
    const all = ["a", "b"].map(add);
    (await batch(0)).end(new Error("bad"));
    (await batch(1)).end();
    (await batch(2)).end(new Error("bad"));
    await Promise.all(all);
    expect(order).toEqual(["begin ab", "begin a", "begin b", "told A", "failed b: bad"]);
  });
});
