import { describe, expect, it } from "vitest";
import { newId } from "./uuid.ts";

describe("newId", () => {
  const before = Date.now();
  const ids = Array.from({ length: 20_000 }, newId);
  const after = Date.now();

  it("makes UUIDs of version 7 that rise strictly, also when many are made in a millisecond", () => {
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("begins with the time", () => {
    const times = ids.map((id) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16));
    expect(times[0]).toBeGreaterThanOrEqual(before);
    // Of more than 4,096 in a millisecond the rest borrow from the next ones.
    expect(times.at(-1)).toBeLessThanOrEqual(after + Math.ceil(ids.length / 4096));
  });

  it("is random in every digit of its end", () => {
    for (let place = 20; place < 36; place += 1) {
      if (place === 23) continue;
      expect(new Set(ids.map((id) => id[place])).size, `digit ${place}`).toBe(16);
    }
  });
});
