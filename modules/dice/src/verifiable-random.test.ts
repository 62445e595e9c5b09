import { createCipheriv, createHmac } from "node:crypto";
import { Roller } from "@guildhall/dice-engine";
import { describe, expect, it } from "vitest";
import { randomOf } from "./verifiable-random.ts";

const seed = { secret: "0f".repeat(32), session: "one", counter: 3, nonce: "our words" };

/** The key stream as the module's page describes it, made by another library than the module's. */
function keyStream(length: number): Buffer {
  const key = createHmac("sha256", Buffer.from(seed.secret, "hex"))
    .update(`${seed.session}:${seed.counter}:${seed.nonce}`)
    .digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** Faces as the page describes them: a byte each, or four, without those from the last, incomplete run. */
function facesOf({ count, sides }: { readonly count: number; readonly sides: number }): number[] {
  const width = sides <= 256 ? 1 : 4;
  const values = 256 ** width;
  const stream = keyStream(10_000);
  const faces: number[] = [];
  for (let at = 0; faces.length < count; at += width) {
    const value = stream.readUIntBE(at, width);
    if (value < values - (values % sides)) faces.push((value % sides) + 1);
  }
  return faces;
}

describe("a verifiable roll", () => {
  it.each([
    { count: 1, sides: 20 },
    { count: 4, sides: 6 },
    // So many that the engine would take several dice from a byte.
    { count: 100, sides: 6 },
    { count: 200, sides: 100 },
    { count: 50, sides: 1_000 },
  ])("of $count dice with $sides faces can be recomputed from the module's page", async (dice) => {
    const roll = new Roller(`${dice.count}d${dice.sides}`).roll(await randomOf(seed));
    expect(roll.faces).toEqual(facesOf(dice));
  });
});
