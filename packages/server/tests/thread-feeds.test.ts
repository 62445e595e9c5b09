import { plainText } from "@guildhall/sdk";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Principal } from "../src/hall/people.ts";
import { ThreadFeeds, type FedEvent, type FeedReader } from "../src/hall/thread-feeds.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores } from "./support/stores.ts";
import { freshEmail } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

/** Keeps what it is given. */
class Notebook implements FeedReader {
  readonly seen: FedEvent[] = [];
  readonly ends: string[] = [];

  deliver(events: readonly FedEvent[]): void {
    this.seen.push(...events);
  }

  end(reason: string): void {
    this.ends.push(reason);
  }

  get numbers(): number[] {
    return this.seen.map((event) => event.seq);
  }
}

const between = (after: number, last: number) =>
  Array.from({ length: Math.max(0, last - after) }, (_, index) => after + 1 + index);

describe.each(stores())("live views of threads on the $name store", (store) => {
  const { test } = useTestHall(store);
  let person: Principal;
  let threadId = "";
  let actionId = "";

  beforeEach(async () => {
    await makeThread();
  });

  /** A thread with an action, whose addition is event 1. */
  async function makeThread(): Promise<void> {
    person = await test().createPerson(freshEmail());
    const { data } = test().hall;
    threadId = (await data.createThread(person.user.id, { title: "t", description: "" })).id;
    const request = { handler_name: "echo", request: {}, title: "t", raw_text: "echo" };
    actionId = (await data.createAction(person.user.id, request)).id;
    await data.appendActionToThread(person.user.id, threadId, actionId);
  }

  /** Adds an event, with a hint or without. */
  const write = async (hinted = true) => {
    const from = hinted ? test().hall.service : test().hall.data;
    await from.appendResponseToAction(person.user.id, actionId, plainText("x"));
  };

  const getThread = () => test().hall.data.getThread(person.user.id, threadId, { limit: 1 });

  const watch = async (after: number, reader = new Notebook()) => {
    const stop = await test().hall.service.websocketEndpoint(person.user.id, { threadId, after, reader });
    return { reader, stop };
  };

  const has = (reader: Notebook, numbers: readonly number[]) =>
    vi.waitFor(() => expect(reader.numbers).toEqual(numbers), { timeout: 3000, interval: 10 });

  it("give two readers with different pasts each event once and in order", async () => {
    for (let count = 0; count < 4; count += 1) await write();
    const early = await watch(0);
    const late = await watch(3);
    for (let count = 0; count < 4; count += 1) await write();
    await has(early.reader, between(0, 9));
    await has(late.reader, between(3, 9));
    early.stop();
    late.stop();
  });

  it("let a reader join in the middle of a flood", async () => {
    const action = await test().run(person, "stream 400 --ms 1", { threadId });
    await vi.waitFor(async () => expect((await getThread()).last_seq).toBeGreaterThan(100), {
      timeout: 10_000,
      interval: 5,
    });
    const readers = [];
    for (const after of [0, 1, 5, 20, 100, 0]) readers.push({ after, ...(await watch(after)) });
    await test().ended(person, action.id);
    const { last_seq } = await getThread();
    expect(last_seq).toBe(403);
    for (const { after, reader, stop } of readers) {
      await has(reader, between(after, last_seq));
      stop();
    }
  });

  it("bring more than one page of the past", async () => {
    await test().finish(person, "stream 1100", { threadId });
    const first = await watch(0);
    await has(first.reader, between(0, 1103));
    const second = await watch(7);
    await has(second.reader, between(7, 1103));
    first.stop();
    second.stop();
  });

  it("are not led astray by a reader that claims to have seen what has not happened", async () => {
    const ahead = await watch(1_000_000);
    const honest = await watch(0);
    await write();
    await has(honest.reader, between(0, 2));
    await write(false);
    await has(honest.reader, between(0, 3));
    await has(ahead.reader, between(1, 3));
    ahead.stop();
    honest.stop();
  });

  it("heal a lost hint", async () => {
    const { reader, stop } = await watch(0);
    await has(reader, [1]);
    await write(false);
    await has(reader, [1, 2]);
    stop();
  });

  it("reach readers of another hall on the same store", async () => {
    const feeds = new ThreadFeeds({ database: test().hall.database, log: silentLog });
    const elsewhere = new Notebook();
    const stop = await feeds.read({ threadId, userId: person.user.id, after: 0, reader: elsewhere });
    await write();
    await has(elsewhere, [1, 2]);
    stop();
    feeds.close();
  });

  it("deliver nothing after the end of a view, and keep no feed", async () => {
    const { hall } = test();
    const before = hall.feeds.readerCount;
    const gone = await watch(0);
    const stays = await watch(0);
    await has(gone.reader, [1]);
    gone.stop();
    gone.stop();
    await write();
    await has(stays.reader, [1, 2]);
    expect(gone.reader.numbers).toEqual([1]);
    expect(hall.feeds.readerCount).toBe(before + 1);
    stays.stop();
    expect(hall.feeds.readerCount).toBe(before);
  });

  it("end when the thread is removed", async () => {
    const { reader } = await watch(0);
    await test().hall.service.deleteThread(person.user.id, threadId);
    await vi.waitFor(() => expect(reader.ends).toEqual(["thread_removed"]), { timeout: 10_000 });
  });

  it("are not found by whoever may not read the thread", async () => {
    const stranger = await test().createPerson(freshEmail());
    await expect(
      test().hall.service.websocketEndpoint(stranger.user.id, {
        threadId,
        after: 0,
        reader: new Notebook(),
      }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("carry the wire form of each event, made once", async () => {
    const [one, two] = [await watch(0), await watch(0)];
    await write();
    await has(one.reader, [1, 2]);
    await has(two.reader, [1, 2]);
    expect(JSON.parse(one.reader.seen[1]?.text ?? "")).toMatchObject({
      seq: 2,
      type: "action-response-chunk",
      action_id: actionId,
      order: 1,
      text_content: "x",
    });
    expect(one.reader.seen[1]).toBe(two.reader.seen[1]);
    one.stop();
    two.stop();
  });

  type Step = { readonly kind: "write" | "quiet write" | "join" | "leave"; readonly number: number };
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom("write", "write", "quiet write", "join", "join", "leave"),
    number: fc.nat(8),
  });

  it("give each event once and in order, however writing and watching interleave", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 2, maxLength: 14 }),
        async (scheduler, steps) => {
          await makeThread();
          type View = { after: number; wasAhead: boolean; reader: Notebook; stop: () => void };
          const views: View[] = [];
          const left: View[] = [];
          // Who is ahead of the thread begins at its end, which may move while they join.
          const start = ({ after, wasAhead, reader: { numbers } }: View) =>
            wasAhead ? Math.min(after, (numbers[0] ?? Infinity) - 1) : after;
          const tasks = steps.map(({ kind, number }) =>
            scheduler.schedule(Promise.resolve(), kind).then(async () => {
              if (kind === "write" || kind === "quiet write") return await write(kind === "write");
              if (kind === "join") {
                const { last_seq } = await getThread();
                views.push({ after: number, wasAhead: number > last_seq, ...(await watch(number)) });
                return undefined;
              }
              const [view] = views.splice(number % Math.max(1, views.length), 1);
              view?.stop();
              if (view) left.push(view);
              return undefined;
            }),
          );
          await scheduler.waitAll();
          await Promise.all(tasks);
          // The last one is hinted, so that no example waits for the healer.
          await write();
          const { last_seq } = await getThread();
          for (const view of views) {
            await vi.waitFor(() => expect(view.reader.numbers.at(-1)).toBe(last_seq), {
              timeout: 5000,
              interval: 5,
            });
            expect(view.reader.numbers).toEqual(between(start(view), last_seq));
            view.stop();
          }
          for (const view of left) {
            const { numbers } = view.reader;
            expect(numbers).toEqual(between(start(view), start(view) + numbers.length));
          }
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
