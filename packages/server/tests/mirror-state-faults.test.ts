import { ObjectStoreError } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { STATE_PLACES, useMirroredMachines } from "./support/mirrored-machines.ts";

/** Until a server is found again that was away. */
const PATIENCE = { timeout: 15_000 };
const { signal } = new AbortController();

describe.each(STATE_PLACES)("faults of the state's mirror with the state in $name", (place) => {
  const mirrored = useMirroredMachines(place);
  const { machine, counters, statePuts } = mirrored;

  if (place.backend === "table") {
    it("sees a write that was committed after the run in which it began", async () => {
      const { database, state, start } = await machine();
      await state.set("first", 1);
      const client = await database.pool.connect();
      await client.query("begin");
      await client.query(
        `insert into state.updated_times (key, updated_time) values ('late', '2026-03-01T12:00:00Z')`,
      );
      await client.query(`insert into state.documents values ('late', '1')`);
      await state.set("second", 1);
      await start();
      await client.query("commit");
      client.release();
      await start();
      const copy = await machine();
      await copy.start();
      expect(await copy.state.scan("")).toEqual(["first", "late", "second"]);
    });

    it("adds what was gathered while a cold start could not reach it", async () => {
      const before = await machine();
      await before.state.addToSet("user_set", ["ada"]);
      await before.state.increment(counters());
      await before.run();
      const after = await machine();
      mirrored.objects.before = () => {
        throw new ObjectStoreError("unavailable", "it is down");
      };
      await after.start();
      mirrored.clock.advance(1000);
      await after.state.addToSet("user_set", ["grace"]);
      await after.state.increment(new Map([["c_roll", 1]]));
      expect(await after.run()).toMatchObject({ code: "unavailable" });
      mirrored.objects.before = () => undefined;
      await after.start();
      const third = await machine();
      await third.start();
      for (const { state } of [after, third]) {
        expect(await state.getSet("user_set")).toEqual(["ada", "grace"]);
        expect(await state.getCount("c_roll")).toBe(7n);
      }
    });
  }

  it("waits for a slow mirror no longer than it may, and then opens", async () => {
    const { start, mirror } = await machine({ startSeconds: 1 });
    mirrored.objects.before = async (_operation, _key, wanted) => {
      await new Promise((_resolve, reject) => {
        wanted?.addEventListener("abort", () => reject(new Error("too slow")));
      });
    };
    await start();
    expect(mirror.faults()).toHaveLength(1);
    mirrored.objects.before = () => undefined;
    await start();
    expect(mirror.faults()).toEqual([]);
  });

  it.each(["full", "denied", "unavailable"] as const)(
    "says that the mirror is %s, by data set, and the next run does the rest",
    async (code) => {
      const { state, run, mirror, metrics } = await machine();
      await state.set("a", 1);
      let puts = 0;
      mirrored.objects.before = (operation) => {
        if (operation === "put" && (puts += 1) > 1) throw new ObjectStoreError(code, `it is ${code}`);
      };
      expect(await run()).toMatchObject({ code });
      expect(mirror.faults()).toEqual([`state: it is ${code}`, `database: it is ${code}`]);
      expect(await metrics.text()).toContain('guildhall_mirror_completed_successfully{data_set="state"} 0');
      mirrored.objects.before = () => undefined;
      mirrored.clock.advance(1000);
      await run();
      expect(mirror.faults()).toEqual([]);
      const text = await metrics.text();
      for (const dataSet of ["state", "database"]) {
        expect(text).toContain(`guildhall_mirror_completed_successfully{data_set="${dataSet}"} 1`);
        expect(text).toContain(`guildhall_mirror_seconds_since_last{data_set="${dataSet}"} 0`);
      }
      const copy = await machine();
      await copy.start();
      expect(await copy.state.get("a")).toBe(1);
    },
  );

  it("is verified, and what was damaged is written again by the next run", async () => {
    const { state, start, mirror } = await machine();
    await state.set("a", 1);
    await start();
    mirrored.clock.advance(1000);
    await state.set("b", 1);
    await start();
    expect((await mirror.verify({ signal })).isWhole).toBe(true);
    const [blob] = statePuts().filter(({ key }) => key.includes("/blobs/"));
    await mirrored.objects.inner.put(blob?.key ?? "", new TextEncoder().encode("something else"));
    const verdict = await mirror.verify({ signal });
    expect(verdict.isWhole).toBe(false);
    expect(verdict.sentences[0]).toContain("1 pieces are damaged");
    await start();
    expect((await mirror.verify({ signal })).isWhole).toBe(true);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.scan("")).toEqual(["a", "b"]);
  });

  it("restores what is whole when the newest version is damaged", async () => {
    const { state, start } = await machine();
    await state.set("a", 1);
    await start();
    mirrored.clock.advance(1000);
    await state.set("b", 1);
    await start();
    await mirrored.objects.inner.put("mirror/state/versions/000000000002", new TextEncoder().encode("{"));
    const copy = await machine();
    await copy.start();
    expect(await copy.state.scan("")).toEqual(["a"]);
    await start();
    await copy.start();
    expect(await copy.state.scan("")).toEqual(["a", "b"]);
  });

  if (place.backend === "redis") {
    it("sees what is written while it reads", async () => {
      const { copy, state } = await machine();
      await state.increment(new Map(Array.from({ length: 1200 }, (_, index) => [`user_${index}`, 1])));
      const seen = new Map<string, string>();
      const mark = await copy.changedSince(undefined, async (changes) => {
        for await (const page of changes.pages) {
          for (const entry of page) seen.set(entry.key, entry.counters[entry.key] ?? "");
          await state.increment(new Map([["user_7", 1]]));
        }
        return changes.mark;
      });
      expect(seen.size).toBe(1200);
      const later = await copy.changedSince(mark, ({ pages }) => Array.fromAsync(pages));
      expect(later.flat()).toMatchObject([{ key: "user_7", counters: { user_7: "4" } }]);
    });
  }

  if (place.backend === "redis") {
    it("fills a server again that came back empty, and hides nothing", async () => {
      const { state, start } = await machine();
      await state.addToSet("user_set", ["ada"]);
      await state.increment(counters());
      await state.set("init_1", { turn: 1 });
      await start();
      const time = await state.updatedTime("init_1");
      await mirrored.redis?.kill();
      await mirrored.redis?.start({ empty: true });
      mirrored.clock.advance(1000);
      // As soon as it is back somebody counts, and the small number is the newer one.
      await expect
        .poll(() => state.addToSet("user_set", ["grace"]).then(() => "counted", String), PATIENCE)
        .toBe("counted");
      await state.increment(new Map([["c_roll", 1]]));
      await start();
      const other = await machine();
      await other.start();
      for (const one of [state, other.state]) {
        expect(await one.getSet("user_set")).toEqual(["ada", "grace"]);
        expect(await one.getCount("c_roll")).toBe(7n);
        expect(await one.get("init_1")).toEqual({ turn: 1 });
        expect(await one.updatedTime("init_1")).toEqual(time);
      }
    });
  }

  if (place.backend === "redis") {
    it("compares everything with a server that lost its last writes", async () => {
      const { state, start, copy } = await machine();
      await state.set("a", 1);
      await start();
      const mark = await copy.changedSince(undefined, async (changes) => changes.mark);
      expect(await copy.standingOf(mark)).toBe("followed");
      await mirrored.redis?.kill();
      await mirrored.redis?.start();
      await expect.poll(() => copy.standingOf(mark).catch(String), PATIENCE).toBe("broken");
      mirrored.clock.advance(1000);
      await state.set("a", 2);
      await start();
      const other = await machine();
      await other.start();
      expect(await other.state.get("a")).toBe(2);
    });
  }

  it("keeps two halls that write at the same time from hiding each other's version", async () => {
    const [one, two] = [await machine(), await machine()];
    await one.state.set("one", 1);
    await two.state.set("two", 1);
    await Promise.all([one.start(), two.start()]);
    await one.start();
    await two.start();
    await one.start();
    for (const { state } of [one, two]) expect(await state.scan("")).toEqual(["one", "two"]);
  });
});
