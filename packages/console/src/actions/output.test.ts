import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../api/schemas.ts";
import { outputOf, withChunks, type Output } from "./output.ts";

const PROGRESS = "application/vnd.guildhall.progress+json";
const NO_OUTPUT = outputOf({ response_chunks: [], has_earlier_chunks: false });
const text = (order: number, content = `line ${order}`): Chunk => ({
  order,
  mime: "text/plain",
  text_content: content,
});
const orders = ({ head, tail }: Output) => [...head, ...tail].map(({ order }) => order);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => text(index + 1));

describe("withChunks", () => {
  it("is the same however the chunks were handed over, also where some come twice", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(fc.nat(200)), (count, cuts) => {
        const chunks = upTo(count);
        const whole = withChunks(NO_OUTPUT, chunks);
        const inParts = [...cuts, count]
          .toSorted((one, other) => one - other)
          .reduce(
            (output, cut, index, all) => withChunks(output, chunks.slice(all[index - 2] ?? 0, cut)),
            NO_OUTPUT,
          );
        expect(orders(inParts)).toEqual(orders(whole));
      }),
    );
  });

  it("keeps beginning and end of a million lines, and counts the rest", () => {
    let output = NO_OUTPUT;
    for (let from = 0; from < 1_000_000; from += 500) {
      output = withChunks(
        output,
        Array.from({ length: 500 }, (_, index) => text(from + index + 1)),
      );
    }
    expect(output.head.length + output.tail.length).toBeLessThan(700);
    expect(output.head[0]?.order).toBe(1);
    expect(output.tail.at(-1)?.order).toBe(1_000_000);
    expect(output.head.length + output.tail.length + output.hidden).toBe(1_000_000);
  });

  it("knows how much the hall has left out in front", () => {
    const output = outputOf({ response_chunks: [text(41), text(42)], has_earlier_chunks: true });
    expect(output).toMatchObject({ head: [], hidden: 40, lastOrder: 42 });
    expect(orders(withChunks(output, [text(42), text(43)]))).toEqual([41, 42, 43]);
  });

  it("bounds the text it keeps, but never lets go of the newest", () => {
    const large = "x".repeat(300_000);
    const output = withChunks(
      NO_OUTPUT,
      Array.from({ length: 100 }, (_, index) => text(index + 1, large)),
    );
    expect(output.tail.length).toBeLessThan(6);
    expect(withChunks(output, [text(101, "x".repeat(5_000_000))]).tail.map(({ order }) => order)).toEqual([
      101,
    ]);
  });

  it("keeps only the latest progress", () => {
    const progress = (order: number): Chunk => ({ order, mime: PROGRESS, data: { done: order } });
    const output = withChunks(withChunks(NO_OUTPUT, [progress(1), text(2), progress(3)]), [
      progress(4),
      text(5),
    ]);
    expect(orders(output)).toEqual([2, 4, 5]);
    expect(output.hidden).toBe(0);
  });
});
