import { beforeAll, describe, expect, it } from "vitest";
import { ActionSchema, ThreadSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";
import { storedCounts } from "./support/stored-counts.ts";

const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";

describe.each(stores())("what is another's on the $name store", (store) => {
  const { served } = useServedHall(store);
  let owner: SignedInPerson;
  let other: SignedInPerson;
  let threadId = "";
  let actionId = "";

  beforeAll(async () => {
    owner = await served().join();
    other = await served().join();
    threadId = await newThread(owner.api);
    const run = await owner.api.post(`/api/v1/threads/${threadId}/actions`, { raw_text: "ping" });
    actionId = bodyOf(run, 200, ActionSchema).id;
  });

  const requests = (thread: string, action: string) => ({
    reads: [
      { method: "GET", path: `/api/v1/threads/${thread}` },
      { method: "GET", path: `/api/v1/events?thread_id=${thread}` },
      { method: "GET", path: `/api/v1/actions/${action}` },
      { method: "GET", path: `/api/v1/actions/${action}?wait=30` },
      { method: "GET", path: `/api/v1/actions/${action}/user` },
      { method: "GET", path: `/api/v1/actions/${action}/chunks/1` },
    ],
    writes: [
      { method: "POST", path: `/api/v1/threads/${thread}/actions`, body: { raw_text: "ping" } },
      { method: "POST", path: `/api/v1/threads/${thread}/actions`, body: { raw_text: "stream 1" } },
      { method: "POST", path: `/api/v1/commands/ping?thread_id=${thread}`, body: {} },
      { method: "PATCH", path: `/api/v1/threads/${thread}`, body: { title: "mine" } },
      { method: "PATCH", path: `/api/v1/threads/${thread}/actions/${action}`, body: { show_answer: false } },
      { method: "DELETE", path: `/api/v1/threads/${thread}/actions/${action}` },
      { method: "DELETE", path: `/api/v1/threads/${thread}` },
    ],
    ownersAlone: [
      { method: "PATCH", path: `/api/v1/actions/${action}`, body: { title: "mine" } },
      { method: "POST", path: `/api/v1/actions/${action}/cancel` },
    ],
  });

  const send = async (person: SignedInPerson, request: { method: string; path: string; body?: object }) => {
    const { body, ...line } = request;
    if (body === undefined) return await person.api.send(line);
    const headers = { "content-type": "application/json" };
    return await person.api.send({ ...line, headers, body: JSON.stringify(body) });
  };

  it("is not found, never forbidden, and looks like what does not exist", async () => {
    const before = await storedCounts(served().hall);
    const existing = Object.values(requests(threadId, actionId)).flat();
    const missing = Object.values(requests(UNKNOWN_ID, UNKNOWN_ID)).flat();
    for (const [index, request] of existing.entries()) {
      const answer = await send(other, request);
      expectProblem(answer, "not_found");
      const same = missing[index];
      if (same) expect((await send(other, same)).text, request.path).toBe(answer.text);
    }
    const mine = await newThread(other.api);
    expectProblem(await other.api.put(`/api/v1/threads/${mine}/actions/${actionId}`), "not_found");
    expectProblem(await other.api.put(`/api/v1/threads/${threadId}/actions/${actionId}`), "not_found");
    const after = await storedCounts(served().hall);
    expect(after).toEqual({ ...before, "threads.threads": (before["threads.threads"] ?? 0) + 1 });
  });

  it("may be read by a reader and written by a writer, while they are members", async () => {
    const { queries } = served().hall.database;
    const reader = await served().join();
    const writer = await served().join();
    const thread = await newThread(owner.api);
    const run = await owner.api.post(`/api/v1/threads/${thread}/actions`, { raw_text: "ping" });
    const action = bodyOf(run, 200, ActionSchema).id;
    await queries
      .insertInto("threads.thread_members")
      .values([
        { thread_id: thread, user_id: reader.user.id, role: "reader", created_at: new Date() },
        { thread_id: thread, user_id: writer.user.id, role: "writer", created_at: new Date() },
      ])
      .execute();

    const { reads, writes, ownersAlone } = requests(thread, action);
    for (const member of [reader, writer]) {
      const seen = bodyOf(await member.api.get(`/api/v1/threads/${thread}`), 200, ThreadSchema);
      expect(seen.role).toBe(member === reader ? "reader" : "writer");
      const read = bodyOf(await member.api.get(`/api/v1/actions/${action}`), 200, ActionSchema);
      expect(read.id).toBe(action);
      for (const request of ownersAlone) expectProblem(await send(member, request), "not_found");
    }
    for (const request of writes) expectProblem(await send(reader, request), "not_found");
    const threadOf = await newThread(reader.api);
    expectProblem(await reader.api.put(`/api/v1/threads/${thread}/actions/${action}`), "not_found");
    expect((await reader.api.put(`/api/v1/threads/${threadOf}/actions/${action}`)).status).toBeOneOf([
      201, 404,
    ]);

    const [line] = writes;
    if (line) expect((await send(writer, line)).status).toBe(200);
    expect((await writer.api.patch(`/api/v1/threads/${thread}`, { title: "ours" })).status).toBe(200);
    expectProblem(await writer.api.delete(`/api/v1/threads/${thread}`), "not_found");

    await queries.deleteFrom("threads.thread_members").where("thread_id", "=", thread).execute();
    for (const member of [reader, writer]) {
      for (const request of [...reads.slice(0, 2), ...writes]) {
        expectProblem(await send(member, request), "not_found");
      }
    }
  });
});
