import { defineCommand, defineModule, integer, plainText } from "@guildhall/sdk";
import { dice } from "@guildhall/dice";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ActionSchema, ThreadSchema } from "../../src/http/schemas.ts";
import { sampleModule } from "../support/sample-module.ts";
import { stores } from "../support/stores.ts";
import { bodyOf } from "./support/api-client.ts";
import { OPENERS, openSocket, openStream, type LiveView, type WireEvent } from "./support/live-view.ts";
import { finished, newThread, PASSWORD, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const embedded = stores().slice(0, 1);

const floodModule = defineModule({
  name: "flood",
  summary: "More than a slow reader takes",
  initialize: () => ({
    commands: [
      defineCommand({
        name: "flood",
        summary: "Put out so many mebibytes of text",
        arguments: { count: integer("how many") },
        *run({ count }) {
          for (let number = 0; number < count; number += 1) yield plainText("x".repeat(1_048_576));
        },
      }),
    ],
  }),
});

async function run(person: SignedInPerson, threadId: string, raw_text: string): Promise<string> {
  const answer = await person.api.post(`/api/v1/threads/${threadId}/actions`, { raw_text });
  return bodyOf(answer, answer.status === 200 ? 200 : 202, ActionSchema).id;
}

const bearer = (person: SignedInPerson) => ({ authorization: `Bearer ${person.token}` });
const seqs = (view: { readonly events: readonly WireEvent[] }) => view.events.map(({ seq }) => seq);
const isEndOf = (id: string) => (event: WireEvent) =>
  event.type === "action-completed" && event.action_id === id;

describe.each(stores())("live events on the $name store", (store) => {
  const { served } = useServedHall(store);

  describe.each(OPENERS)("by %s", (_name, open) => {
    it("are replayed from anywhere, then go on as things happen", async () => {
      const person = await served().join();
      const threadId = await newThread(person.api);
      await finished(person.api, await run(person, threadId, "stream 5"));
      const from = { origin: served().origin, threadId, headers: bearer(person) };
      const views = [
        await open(from),
        await open({ ...from, after: 0 }),
        await open({ ...from, after: 3 }),
        await open({ ...from, after: 7 }),
        await open({ ...from, after: 1000 }),
      ];
      await views[0]?.until(7);
      expect(views[0]?.events.map(({ type }) => type)).toEqual([
        "action-added",
        ...Array.from({ length: 5 }, () => "action-response-chunk"),
        "action-completed",
      ]);
      // The last of them begins where the thread ends when it comes.
      await expect.poll(() => served().hall.feeds.readerCount).toBe(views.length);
      const id = await run(person, threadId, "stream 3");
      await finished(person.api, id);
      await run(person, threadId, "ping");
      await person.api.patch(`/api/v1/threads/${threadId}`, { title: "renamed" });
      for (const view of views) await view.until((event) => event.type === "thread-changed");
      const all = views[0]?.events ?? [];
      expect(all.map(({ seq }) => seq)).toEqual(upTo(14));
      expect(all.filter(isEndOf(id))).toHaveLength(1);
      expect(views.map((view) => view.events)).toEqual(
        [0, 0, 3, 7, 7].map((after) => all.filter(({ seq }) => seq > after)),
      );
      for (const view of views) view.close();
    });

    it("carry what REST shows, bytes and JSON too", async () => {
      const person = await served().join();
      const threadId = await newThread(person.api);
      const view = await open({ origin: served().origin, threadId, headers: { cookie: person.cookie } });
      await run(person, threadId, "roll 2d6");
      await finished(person.api, await run(person, threadId, "big 1000"));
      await view.until(4);
      const thread = bodyOf(await person.api.get(`/api/v1/threads/${threadId}`), 200, ThreadSchema);
      const [rolled, big] = thread.thread_actions.map(({ action }) => action);
      expect(view.events[0]).toMatchObject({ type: "action-added", action: rolled });
      const accepted = { state: "accepted", is_completed: false, response_chunks: [] };
      expect(view.events[1]).toMatchObject({ type: "action-added", action: { id: big?.id, ...accepted } });
      expect(view.events[2]).toMatchObject({ ...big?.response_chunks[0], action_id: big?.id });
      expect(view.events[3]).toMatchObject({ type: "action-completed", state: "completed", error: null });
      view.close();
    });

    it("are refused without sign-in, from a foreign page, and for another's thread", async () => {
      const [person, stranger] = [await served().join(), await served().join()];
      const threadId = await newThread(person.api);
      const { origin } = served();
      const refused = async (headers: Record<string, string>, status: number, code: string, query = "") => {
        await expect(open({ origin, threadId, headers, query })).rejects.toMatchObject({ status, code });
      };
      await refused({}, 401, "signed_out");
      await refused({ authorization: "Bearer nonsense" }, 401, "signed_out");
      for (const name of ["access_token", "token", "authorization", "bearer"]) {
        await refused({}, 401, "signed_out", `&${name}=${person.token}`);
      }
      for (const from of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
        await refused({ cookie: person.cookie, origin: from }, 403, "origin_refused");
      }
      await refused({ cookie: person.cookie, host: "evil.example" }, 403, "host_refused");
      await refused(bearer(stranger), 404, "not_found");
      const unknown = open({ origin, threadId: UNKNOWN_ID, headers: bearer(person) });
      await expect(unknown).rejects.toMatchObject({ status: 404, code: "not_found" });
      await expect(open({ origin, threadId: "x", headers: bearer(person) })).rejects.toMatchObject({
        status: 400,
        code: "body_invalid",
      });
      (await open({ origin, threadId, headers: { cookie: person.cookie, origin } })).close();
      await expect.poll(() => served().hall.feeds.readerCount).toBe(0);
    });

    it("come once and in order to a reader who comes and goes while three actions stream", async () => {
      const person = await served().join();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 2, maxLength: 6 }),
          async (stays) => {
            const threadId = await newThread(person.api);
            const ids = [
              await run(person, threadId, "stream 30 --ms 2"),
              await run(person, threadId, "stream 40 --ms 1"),
              await run(person, threadId, "stream 60"),
            ];
            const total = 3 + 130 + 3;
            const seen: WireEvent[] = [];
            const readUntil = async (more: number) => {
              const after = seen.at(-1)?.seq ?? 0;
              const view = await open({ origin: served().origin, threadId, after, headers: bearer(person) });
              await view.until(Math.min(more, total - seen.length));
              view.close();
              await view.ended;
              seen.push(...view.events);
            };
            for (const stay of stays) if (seen.length < total) await readUntil(stay);
            if (seen.length < total) await readUntil(total);
            expect(seen.map(({ seq }) => seq)).toEqual(upTo(total));
            for (const [index, count] of [30, 40, 60].entries()) {
              const own = seen.filter(({ action_id }) => action_id === ids[index]);
              expect(own.flatMap(({ order }) => order ?? [])).toEqual(upTo(count));
              expect(own.at(-1)?.type).toBe("action-completed");
            }
          },
        ),
        { numRuns: 6 },
      );
    });
  });

  it("go on from Last-Event-ID, as browsers send it", async () => {
    const person = await served().join();
    const threadId = await newThread(person.api);
    await finished(person.api, await run(person, threadId, "stream 5"));
    const headers = { ...bearer(person), "last-event-id": "4" };
    const view = await openStream({ origin: served().origin, threadId, after: 1, headers });
    await view.until(3);
    expect(seqs(view)).toEqual([5, 6, 7]);
    expect(view.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    view.close();
    const odd = { ...bearer(person), "last-event-id": "nonsense" };
    const again = await openStream({ origin: served().origin, threadId, after: 5, headers: odd });
    await again.until(2);
    expect(seqs(again)).toEqual([6, 7]);
    again.close();
  });

  it("end with the thread, and say so", async () => {
    const person = await served().join();
    const threadId = await newThread(person.api);
    const request = { origin: served().origin, threadId, headers: bearer(person) };
    const [socket, stream] = [await openSocket(request), await openStream(request)];
    await person.api.patch(`/api/v1/threads/${threadId}`, { title: "the last word" });
    for (const view of [socket, stream]) await view.until(1);
    await person.api.delete(`/api/v1/threads/${threadId}`);
    expect((await socket.ended).code).toBe(4404);
    expect((await stream.ended).reason).toBe("ended");
  });
});

describe.each(embedded)("the end of a live view", (store) => {
  const { served } = useServedHall(store, { server: { pingMilliseconds: 500 } });
  const views = async (
    person: SignedInPerson,
    threadId: string,
    headers: Record<string, string> = bearer(person),
  ) => {
    const request = { origin: served().origin, threadId, headers };
    const opened = [await openSocket(request), await openStream(request)];
    for (const view of opened) await view.until(1);
    return opened;
  };
  const expectEnd = async (opened: readonly LiveView[], code: number) => {
    expect(await Promise.all(opened.map(async ({ ended }) => await ended))).toMatchObject([
      { code },
      { code: undefined, reason: "ended" },
    ]);
  };
  const threadWithEvent = async (person: SignedInPerson) => {
    const threadId = await newThread(person.api);
    await run(person, threadId, "ping");
    return threadId;
  };

  it("comes with logout, for that session alone", async () => {
    const person = await served().join();
    const elsewhere = await served().signIn(person.email);
    const threadId = await threadWithEvent(person);
    const byToken = await views(person, threadId);
    const byCookie = await views(person, threadId, { cookie: person.cookie });
    const others = await views(elsewhere, threadId);
    await person.api.post("/api/v1/auth/logout");
    await expectEnd(byToken, 4401);
    await expectEnd(byCookie, 4401);
    await run(elsewhere, threadId, "ping");
    for (const view of others) {
      await view.until(2);
      view.close();
    }
  });

  it("comes with a new password and with deactivation", async () => {
    const admin = await served().join({ admin: true });
    const person = await served().join();
    const threadId = await threadWithEvent(person);
    const before = await views(person, threadId);
    const change = { current_password: PASSWORD, new_password: PASSWORD };
    await person.api.post("/api/v1/auth/password", change);
    await expectEnd(before, 4401);
    const again = await served().signIn(person.email);
    const later = await views(again, threadId);
    await admin.api.patch(`/api/v1/users/${person.user.id}`, { is_active: false });
    await expectEnd(later, 4401);
  });

  it("comes with the end of a membership, and only then", async () => {
    const [owner, member] = [await served().join(), await served().join()];
    const threadId = await threadWithEvent(owner);
    const members = `/api/v1/threads/${threadId}/members`;
    const share = async () => await owner.api.post(members, { email: member.email, role: "reader" });
    expect((await share()).status).toBe(201);
    const opened = await views(member, threadId);
    const owners = await views(owner, threadId);
    expect((await owner.api.delete(`${members}/${member.user.id}`)).status).toBe(204);
    await run(owner, threadId, "ping");
    await expectEnd(opened, 4404);
    for (const view of opened) {
      expect(view.events.at(-1)).toMatchObject({ type: "member-removed", user_id: member.user.id });
    }
    // Let in again, they read past the event that had put them out.
    await share();
    for (const view of [...owners, ...(await views(member, threadId))]) {
      await view.until(5);
      expect(view.events.slice(1).map(({ type }) => type)).toEqual([
        "member-changed",
        "member-removed",
        "action-added",
        "member-changed",
      ]);
      view.close();
    }
  });

  it("comes to a socket whose reader is gone without a word, or speaks too much", async () => {
    const person = await served().join();
    const threadId = await threadWithEvent(person);
    const request = { origin: served().origin, threadId, headers: bearer(person) };
    const silent = await openSocket(request);
    await silent.until(1);
    silent.pause();
    await expect.poll(() => served().hall.feeds.readerCount, { timeout: 5000 }).toBe(0);
    silent.resume();
    expect((await silent.ended).code).toBe(1006);
    const loud = await openSocket(request);
    loud.socket.send("x".repeat(10_000));
    expect((await loud.ended).code).toBe(1009);
    const chatty = await openSocket(request);
    chatty.socket.send("hello");
    await chatty.until(1);
    chatty.close();
  });

  it("leaves nothing behind when a reader goes at once", async () => {
    const person = await served().join();
    const threadId = await threadWithEvent(person);
    const request = { origin: served().origin, threadId, headers: bearer(person) };
    await Promise.all(
      upTo(40).map(async (number) => {
        const view = await (number % 2 === 0 ? openSocket(request) : openStream(request));
        view.close();
      }),
    );
    await expect.poll(() => served().hall.feeds.readerCount, { timeout: 5000 }).toBe(0);
  });
});

describe.each(embedded)("many and slow readers", (store) => {
  const { served } = useServedHall(store, { modules: [sampleModule, dice, floodModule] });

  it("see the same, 200 on one thread", async () => {
    const person = await served().join();
    const threadId = await newThread(person.api);
    const request = { origin: served().origin, threadId, headers: bearer(person) };
    const sockets = await Promise.all(upTo(100).map(async () => await openSocket(request)));
    const id = await run(person, threadId, "stream 50 --ms 2");
    sockets.push(...(await Promise.all(upTo(100).map(async () => await openSocket(request)))));
    await Promise.all(sockets.map(async (view) => await view.until(isEndOf(id))));
    for (const view of sockets) expect(view.events).toEqual(sockets[0]?.events);
    expect(seqs(sockets[0] ?? { events: [] })).toEqual(upTo(52));
    for (const view of sockets) view.close();
    await expect.poll(() => served().hall.feeds.readerCount).toBe(0);
  });

  it("are sent away when they fall too far behind, and go on from where they were", async () => {
    const person = await served().join();
    const threadId = await newThread(person.api);
    const request = { origin: served().origin, threadId, headers: bearer(person) };
    const slow = await openSocket(request);
    slow.pause();
    const id = await run(person, threadId, "flood 28");
    await finished(person.api, id);
    const { length } = await allEvents(request, id);
    expect(length).toBe(30);
    slow.resume();
    expect((await slow.ended).code).toBe(1013);
    expect(slow.events.length).toBeLessThan(30);
    const seen = seqs(slow);
    while (seen.length < 30) {
      const next = await openSocket({ ...request, after: seen.at(-1) ?? 0 });
      await next.until(1);
      await Promise.race([next.ended, next.until(isEndOf(id))]).catch(() => undefined);
      seen.push(...seqs(next));
      next.close();
    }
    expect(seen).toEqual(upTo(30));
  });

  it("do no harm to the hall when their sign-in ends while they are slow", async () => {
    const person = await served().join();
    const elsewhere = await served().signIn(person.email);
    const threadId = await newThread(person.api);
    const request = { origin: served().origin, threadId, headers: bearer(person) };
    const slow = [await openStream(request), await openSocket(request)];
    for (const view of slow) view.pause();
    await finished(elsewhere.api, await run(elsewhere, threadId, "flood 6"));
    await person.api.post("/api/v1/auth/logout");
    for (let number = 0; number < 5; number += 1) {
      await finished(elsewhere.api, await run(elsewhere, threadId, "stream 2"));
    }
    for (const view of slow) view.resume();
    await Promise.all(slow.map(async ({ ended }) => await ended));
    for (const view of slow) expect(seqs(view)).toEqual(upTo(view.events.length));
    expect((await elsewhere.api.get("/health")).status).toBe(200);
  });

  async function allEvents(request: Parameters<typeof openSocket>[0], id: string) {
    const view = await openStream(request);
    await view.until(isEndOf(id));
    view.close();
    return view.events;
  }
});
