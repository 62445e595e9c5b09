import { plainText } from "@guildhall/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { HandOverClaim } from "../src/hall/tokens.ts";
import type { Principal } from "../src/hall/people.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { freshEmail, openTestHall, TestClock, type TestHall } from "./support/test-hall.ts";

const Given = z.object({ token: z.string(), expires_at: z.string() });
const NOT_HELD = { code: "action_not_held" };

describe.each(stores())("a handed-over action on the $name store", (store) => {
  const clock = new TestClock();
  let database: TestDatabase;
  let test: TestHall;
  let person: Principal;

  beforeAll(async () => {
    database = await store.createDatabase();
    test = await openTestHall({ url: database.url, clock });
  });
  afterAll(async () => {
    await test.stop();
    await database.drop();
  });
  beforeEach(async () => {
    person = await test.createPerson(freshEmail());
  });

  const get = (id: string) => test.hall.data.getAction(person.user.id, id);

  /** Runs `handover` until its holder has it. */
  const handOver = async (line = "handover") => {
    const { id } = await test.run(person, line);
    await test.hall.runner.settled(id);
    const action = await get(id);
    const given = Given.parse(JSON.parse(action.response_chunks[0]?.text_content ?? ""));
    const claim = await test.hall.tokens.readHandOver(given.token);
    if (!claim) throw new Error("the token cannot be read");
    return { id, action, claim, ...given };
  };
  const append = (claim: HandOverClaim) => test.hall.actions.appendFromOutside(claim, plainText("outside"));
  const complete = (claim: HandOverClaim, failure?: { code: string; message: string }) =>
    test.hall.actions.completeFromOutside(claim, failure);

  it("stays running after its command has returned, until its holder completes it", async () => {
    const { id, action, claim } = await handOver();
    expect(action).toMatchObject({ state: "running", is_completed: false });
    expect(claim).toEqual({ user_id: person.user.id, action_id: id, attempt: 1 });
    expect(await append(claim)).toMatchObject({ order: 2, text_content: "outside" });
    expect(await append(claim)).toMatchObject({ order: 3 });
    expect(await complete(claim, undefined)).toMatchObject({ state: "completed", error: null });
    expect((await get(id)).response_chunks).toHaveLength(3);
  });

  it("tells its thread what its holder does", async () => {
    const { claim, id } = await handOver();
    await append(claim);
    await complete(claim);
    const [threadId = ""] = await test.hall.data.getThreadIdsForAction(id);
    const { last_seq } = await test.hall.data.getThread(person.user.id, threadId, { limit: 1 });
    expect(last_seq).toBe(4);
  });

  it("fails when its holder says so", async () => {
    const { claim, id } = await handOver();
    await complete(claim, { code: "no_disk", message: "The disk is full." });
    expect(await get(id)).toMatchObject({
      state: "failed",
      error: { code: "no_disk", message: "The disk is full.", reference: null },
    });
  });

  it("takes any words from its holder", async () => {
    const { claim, id } = await handOver();
    await complete(claim, { code: "odd", message: "a\0b\uD800c" });
    expect((await get(id)).error?.message).toBe("a\uFFFDb\uFFFDc");
  });

  it("takes nothing from its holder after its end", async () => {
    const { claim, id } = await handOver();
    const done = await complete(claim);
    await expect(append(claim)).rejects.toMatchObject(NOT_HELD);
    await expect(complete(claim, { code: "x", message: "x" })).rejects.toMatchObject(NOT_HELD);
    expect(await get(id)).toEqual(done);
  });

  it("is completed once by two at a time", async () => {
    const { claim, id } = await handOver();
    const failure = { code: "late", message: "late" };
    await Promise.allSettled([complete(claim), complete(claim, failure)]);
    const [threadId = ""] = await test.hall.data.getThreadIdsForAction(id);
    const { last_seq } = await test.hall.data.getThread(person.user.id, threadId, { limit: 1 });
    expect(last_seq).toBe(3);
  });

  it("takes nothing under another attempt, or for an action that was not handed over", async () => {
    const { claim, id } = await handOver();
    await expect(append({ ...claim, attempt: 2 })).rejects.toMatchObject(NOT_HELD);
    await expect(complete({ ...claim, attempt: 0 })).rejects.toMatchObject(NOT_HELD);
    const { id: waiting } = await test.run(person, "wait-limited");
    await test.hall.runner.settled(waiting);
    await expect(append({ ...claim, action_id: waiting })).rejects.toMatchObject(NOT_HELD);
    expect((await get(id)).response_chunks).toHaveLength(1);
  });

  it("is its holder's only until the time is up: then it fails, and the token is void", async () => {
    const late = await handOver("handover --within 30");
    const cancelled = await handOver();
    expect(late.expires_at).toBe(new Date(clock.now().getTime() + 30_000).toISOString());
    clock.advance(31_000);
    await expect(append(late.claim)).rejects.toMatchObject(NOT_HELD);
    expect(await test.hall.tokens.readHandOver(late.token)).toBeUndefined();
    // Both are ended by the next sweep.
    await test.hall.actions.cancel(person.user.id, cancelled.id);
    expect(await test.ended(person, late.id)).toMatchObject({
      state: "failed",
      error: { code: "time_limit", reference: null },
    });
    expect(await test.ended(person, cancelled.id)).toMatchObject({
      state: "cancelled",
      error: { code: "cancelled" },
    });
    await expect(append(cancelled.claim)).rejects.toMatchObject(NOT_HELD);
    await expect(complete(late.claim)).rejects.toMatchObject(NOT_HELD);
  });
});
