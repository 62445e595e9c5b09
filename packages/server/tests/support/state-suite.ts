import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { State } from "@guildhall/sdk";
import { TestClock } from "./test-hall.ts";

/** A store of state, empty, of which a test may open several views with clocks of their own. */
export interface StateBackend {
  open(now: () => Date): State;
  close(): Promise<void>;
}

/** What every backend of {@link State} does; the suite makes its own keys and needs no cleaning in between. */
export function stateSuite(name: string, openBackend: () => Promise<StateBackend>): void {
  describe(`state ${name}`, () => {
    let backend: StateBackend;
    let clock: TestClock;
    let state: State;
    let prefix = "";
    let tests = 0;

    beforeAll(async () => {
      backend = await openBackend();
    });
    afterAll(() => backend.close());
    beforeEach(() => {
      clock = new TestClock();
      state = backend.open(() => clock.now());
      tests += 1;
      prefix = `test${tests}_`;
    });

    const key = (tail: string) => `${prefix}${tail}`;
    const seconds = (count: number) => clock.advance(count * 1000);

    describe("documents", () => {
      it("are undefined until set, then what was set last", async () => {
        expect(await state.get(key("a"))).toBeUndefined();
        expect(await state.updatedTime(key("a"))).toBeUndefined();
        for (const value of [null, 0, "", false, [1, [2]], { deep: { list: [null] } }]) {
          await state.set(key("a"), value);
          expect(await state.get(key("a"))).toEqual(value);
        }
      });

      it("hold any text", async () => {
        await state.set(key("a"), { text: "a\0b\uD800c \u{1F409}" });
        expect(await state.get(key("a"))).toEqual({ text: "a\uFFFDb\uFFFDc \u{1F409}" });
      });

      it("are updated atomically, 20 at once", async () => {
        const add = (value: unknown) => (typeof value === "number" ? value + 1 : 1);
        const results = await Promise.all(Array.from({ length: 20 }, () => state.update(key("n"), add)));
        expect(await state.get(key("n"))).toBe(20);
        expect(results.map(Number).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: 20 }, (_, index) => index + 1),
        );
      });

      it("that are numbers are no counters, and what is something else is no document", async () => {
        await state.set(key("n"), 7);
        expect([await state.get(key("n")), await state.getCount(key("n"))]).toEqual([7, 0n]);
        expect(await state.getSet(key("n"))).toEqual([]);
        await state.increment(new Map([[key("x"), 7]]));
        await state.addToSet(key("s"), ["7"]);
        expect([await state.get(key("x")), await state.get(key("s"))]).toEqual([undefined, undefined]);
        expect(await state.getCount(key("s"))).toBe(0n);
      });

      it("keep value and time when a change throws", async () => {
        await state.set(key("a"), 1);
        const before = await state.updatedTime(key("a"));
        seconds(1);
        const fault = new Error("no");
        await expect(
          state.update(key("a"), () => {
            throw fault;
          }),
        ).rejects.toBe(fault);
        expect(await state.get(key("a"))).toBe(1);
        expect(await state.updatedTime(key("a"))).toEqual(before);
      });
    });

    describe("counters", () => {
      it("are 0 until counted, and count several in one step", async () => {
        expect(await state.getCount(key("x"))).toBe(0n);
        await state.increment(
          new Map([
            [key("x"), 2],
            [key("y"), 5],
          ]),
        );
        await state.increment(new Map([[key("x"), 1]]));
        expect([await state.getCount(key("x")), await state.getCount(key("y"))]).toEqual([3n, 5n]);
      });

      it("lose nothing when many count at once, in any order of keys", async () => {
        const keys = ["a", "b", "c"].map(key);
        await Promise.all(
          Array.from({ length: 30 }, (_, index) => {
            const order = index % 2 === 0 ? keys : keys.toReversed();
            return state.increment(new Map(order.map((one) => [one, 1])));
          }),
        );
        for (const one of keys) expect(await state.getCount(one)).toBe(30n);
      });

      it("count beyond 2^53", async () => {
        for (let round = 0; round < 3; round += 1) {
          await state.increment(new Map([[key("x"), Number.MAX_SAFE_INTEGER]]));
        }
        expect(await state.getCount(key("x"))).toBe(3n * BigInt(Number.MAX_SAFE_INTEGER));
      });

      it("of commands share the one time of c_", async () => {
        const first = clock.now();
        await state.increment(new Map([[`c_${prefix}roll`, 1]]));
        expect(await state.updatedTime(`c_${prefix}roll`)).toEqual(await state.updatedTime("c_"));
        seconds(10);
        await state.increment(new Map([[`c_${prefix}odds`, 1]]));
        const later = await state.updatedTime("c_");
        expect(later?.getTime()).toBeGreaterThan(first.getTime());
        expect(await state.updatedTime(`c_${prefix}roll`)).toEqual(later);
        expect(await state.updatedTime(`c_${prefix}never`)).toEqual(later);
      });
    });

    describe("sets", () => {
      it("are empty until filled and hold each member once", async () => {
        expect(await state.getSet(key("user_set"))).toEqual([]);
        await state.addToSet(key("user_set"), ["b", "a", "b"]);
        await state.addToSet(key("user_set"), ["a", "c"]);
        expect((await state.getSet(key("user_set"))).toSorted()).toEqual(["a", "b", "c"]);
      });

      it("take many at once", async () => {
        await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            state.addToSet(key("s"), [`m${index}`, `m${(index + 1) % 20}`]),
          ),
        );
        expect(await state.getSet(key("s"))).toHaveLength(20);
      });
    });

    describe("updated_time", () => {
      it("is stamped by every write in the same step, also by one that changes nothing", async () => {
        const writes: [string, (one: string) => Promise<unknown>][] = [
          ["set", (one) => state.set(one, 1)],
          ["update", (one) => state.update(one, (value) => value ?? 1)],
          ["increment", (one) => state.increment(new Map([[one, 1]]))],
          ["addToSet", (one) => state.addToSet(one, ["member"])],
        ];
        for (const [kind, write] of writes) {
          for (let round = 0; round < 2; round += 1) {
            seconds(1);
            await write(key(kind));
            expect(await state.updatedTime(key(kind)), kind).toEqual(clock.now());
          }
        }
      });

      it("belongs to its key alone", async () => {
        await state.set(key("a"), 1);
        const before = await state.updatedTime(key("a"));
        seconds(1);
        await state.set(key("b"), 1);
        expect(await state.updatedTime(key("a"))).toEqual(before);
      });

      it("never runs backwards when another server's clock is behind", async () => {
        const behind = backend.open(() => new Date(clock.now().getTime() - 60_000));
        await state.set(key("a"), 1);
        await behind.set(key("a"), 2);
        expect(await state.get(key("a"))).toBe(2);
        expect(await state.updatedTime(key("a"))).toEqual(clock.now());
      });

      it("is not touched by nothing", async () => {
        await state.addToSet(key("s"), []);
        await state.increment(new Map());
        expect(await state.updatedTime(key("s"))).toBeUndefined();
      });
    });

    describe("scan", () => {
      it("finds the keys of a prefix in order, whatever is under them", async () => {
        await state.set(key("b"), 1);
        await state.increment(new Map([[key("a"), 1]]));
        await state.addToSet(key("c"), ["x", "y"]);
        expect(await state.scan(prefix)).toEqual([key("a"), key("b"), key("c")]);
        expect(await state.scan(key("b"))).toEqual([key("b")]);
        expect(await state.scan(key("nothing"))).toEqual([]);
      });

      it("takes %, _, \\, *, ? and brackets as themselves", async () => {
        const odd = ["50%", "50_", "50\\", "50*", "50?", "50[a]", "50x"].map(key);
        for (const one of odd) await state.set(one, 1);
        for (const one of odd) expect(await state.scan(one)).toEqual([one]);
        expect(await state.scan(key("50"))).toHaveLength(odd.length);
      });

      it("knows all letters", async () => {
        const keys = ["drache\u{1F409}", "\u00E9clair", "\u65E5\u672C"].map(key);
        for (const one of keys) await state.set(one, 1);
        for (const one of keys) expect(await state.scan(one)).toEqual([one]);
        expect(await state.scan(key("drache"))).toEqual([keys[0]]);
        expect(await state.scan(key("e"))).toEqual([]);
        await state.set(key("User"), 1);
        expect(await state.scan(key("user"))).toEqual([]);
      });
    });
  });
}
