import { describe, expect, it } from "vitest";
import { defineService, sleepUntil } from "./service.ts";

const clock = { now: () => new Date() };
const far = () => new Date(Date.now() + 3_600_000);

describe("sleepUntil", () => {
  it("returns at once for a time that has come", async () => {
    await sleepUntil({ until: new Date(0), clock, signal: new AbortController().signal });
  });

  it("wakes as soon as it is aborted, with the reason", async () => {
    const controller = new AbortController();
    const sleeping = sleepUntil({ until: far(), clock, signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(sleepUntil({ until: far(), clock, signal: controller.signal })).rejects.toBe(reason);
  });

  it("sleeps in slices, so that a clock that was set is noticed", async () => {
    let looks = 0;
    const set = { now: () => (looks++ < 3 ? new Date(0) : new Date(7_200_000)) };
    const { signal } = new AbortController();
    await sleepUntil({ until: new Date(3_600_000), clock: set, signal, maximumMilliseconds: 1 });
    expect(looks).toBe(4);
  });
});

describe("defineService", () => {
  const good = {
    name: "tidy",
    summary: "Tidies",
    schedule: { everySeconds: 60 },
    timeLimitSeconds: 5,
    run: async () => undefined,
  };

  it.each([
    [{ name: "Tidy up" }, "a name is"],
    [{ timeLimitSeconds: 0 }, "timeLimitSeconds"],
    [{ jitterSeconds: -1 }, "jitterSeconds"],
    [{ retries: 0.5 }, "retries"],
    [{ schedule: { everySeconds: Number.NaN } }, "everySeconds"],
  ])("refuses %j", (change, reason) => {
    expect(() => defineService({ ...good, ...change })).toThrow(reason);
  });
});
