import { describe, expect, it } from "vitest";
import { STATE_PLACES, useMirroredMachines } from "./support/mirrored-machines.ts";

const HOUR = 3_600_000;
const { signal } = new AbortController();

describe.each(STATE_PLACES)("the state's mirror with the state in $name", (place) => {
  const mirrored = useMirroredMachines(place);
  const { machine, counters, statePuts } = mirrored;

  it("starts the first time with nothing stored and nothing here", async () => {
    const { start, state } = await machine();
    await start();
    expect(await state.scan("")).toEqual([]);
    expect(statePuts()).toEqual([]);
  });

  it("brings both data sets back to a cold store, each with its own time", async () => {
    const before = await machine();
    await before.state.addToSet("user_set", ["ada", "grace"]);
    mirrored.clock.advance(60_000);
    await before.state.increment(counters());
    await before.run();
    const times = [await before.state.updatedTime("user_set"), await before.state.updatedTime("c_")];

    mirrored.clock.advance(5 * HOUR);
    const after = await machine();
    await after.start();
    expect(await after.state.getSet("user_set")).toEqual(["ada", "grace"]);
    expect(await after.state.getCount("c_roll")).toBe(7n);
    expect(await after.state.getCount("c_odds")).toBe(2n);
    expect([await after.state.updatedTime("user_set"), await after.state.updatedTime("c_")]).toEqual(times);

    // The emptiness of the cold start is not what the next one finds.
    const puts = statePuts().length;
    await after.start();
    expect(statePuts()).toHaveLength(puts);
    const third = await machine();
    await third.start();
    expect(await third.state.getSet("user_set")).toEqual(["ada", "grace"]);
  });

  it("lets the newer side win, key by key, and does nothing when they are equal", async () => {
    const one = await machine();
    await one.state.set("user_1", "one");
    await one.state.set("user_2", "one");
    await one.start();
    const two = await machine();
    await two.start();
    mirrored.clock.advance(1000);
    await one.state.set("user_1", "one, later");
    await two.state.set("user_2", "two, later");
    await one.start();
    await two.start();
    await one.start();
    for (const { state } of [one, two]) {
      expect(await state.get("user_1")).toBe("one, later");
      expect(await state.get("user_2")).toBe("two, later");
    }
    const puts = mirrored.objects.puts.length;
    await one.start();
    await two.start();
    expect(mirrored.objects.puts).toHaveLength(puts);
  });

  it("is not overwritten by what is older, when a crashed mirror left the store fresher", async () => {
    const { state, start } = await machine();
    await state.set("init_1", { turn: 1 });
    await start();
    mirrored.clock.advance(1000);
    await state.set("init_1", { turn: 2 });
    await start();
    expect(await state.get("init_1")).toEqual({ turn: 2 });
  });

  it("sends what changed and nothing else", async () => {
    const { state, start } = await machine();
    for (let index = 0; index < 300; index += 1) await state.set(`user_${index}`, "x".repeat(200));
    await start();
    const all = statePuts().reduce((sum, { size }) => sum + size, 0);
    mirrored.objects.puts.splice(0);
    mirrored.clock.advance(1000);
    await state.set("user_7", "changed");
    let reads = 0;
    mirrored.objects.before = (operation, key) => {
      if (operation === "get" && key.includes("/blobs/")) reads += 1;
    };
    await start();
    expect(reads).toBe(0);
    expect(statePuts()).toHaveLength(2);
    const sent = statePuts().find(({ key }) => key.includes("/blobs/"))?.size ?? 0;
    expect(sent).toBeLessThan(300);
    expect(all).toBeGreaterThan(1000);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.get("user_7")).toBe("changed");
    expect(await copy.state.scan("user_")).toHaveLength(300);
  });

  it("sees what is written after the clock was set back, new keys and old ones", async () => {
    const { state, start } = await machine();
    await state.set("old", 1);
    await start();
    mirrored.clock.advance(-HOUR);
    await state.set("old", 2);
    await state.set("new", 1);
    await start();
    const copy = await machine();
    await copy.start();
    expect([await copy.state.get("old"), await copy.state.get("new")]).toEqual([2, 1]);
  });

  it("tells of each data set when it was last mirrored, not of one for both", async () => {
    const { run, start, metrics } = await machine();
    await run();
    mirrored.clock.advance(60_000);
    await start();
    const text = await metrics.text();
    expect(text).toContain('guildhall_mirror_seconds_since_last{data_set="state"} 0');
    expect(text).toContain('guildhall_mirror_seconds_since_last{data_set="database"} 60');
  });

  it("is written anew when most of it is of the past", async () => {
    const { state, start, mirror } = await machine();
    const all = Array.from({ length: 2000 }, (_, index) => `user_${index}`);
    for (let round = 0; round < 4; round += 1) {
      await state.increment(new Map(all.map((key) => [key, 1])));
      mirrored.clock.advance(1000);
      await start();
    }
    const verdict = await mirror.verify({ signal });
    expect(Number(/with (\d+) entries/.exec(verdict.sentences[0] ?? "")?.[1])).toBeLessThan(6000);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.getCount("user_1999")).toBe(4n);
  });

  it("is of another state after that was moved from elsewhere", async () => {
    const { copy } = await machine();
    const mark = await copy.changedSince(undefined, async (changes) => changes.mark);
    expect(await copy.standingOf(mark)).toBe("followed");
    expect(await copy.standingOf(place.backend === "redis" ? "1234:1240:1236,1238" : "life:run:12")).toBe(
      "foreign",
    );
  });

  it("keeps as many versions as the rule says, give or take a day's", async () => {
    const { state, start, mirror } = await machine({ keepNewest: 2, keepDays: 0 });
    for (let hour = 0; hour < 50; hour += 1) {
      await state.set(`user_${hour % 7}`, hour);
      mirrored.clock.advance(HOUR);
      await start();
    }
    const [{ dataSet, versions, newest } = expect.fail("there is no status")] = await mirror.status(signal);
    expect({ dataSet, newest: newest?.sequence }).toEqual({ dataSet: "state", newest: 50 });
    expect(versions).toBeLessThanOrEqual(2 + 24);
    expect((await mirror.verify({ signal })).isWhole).toBe(true);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.get("user_0")).toBe(49);
  });
});
