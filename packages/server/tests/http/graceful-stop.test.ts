import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActionSchema } from "../../src/http/schemas.ts";
import { withClient } from "../support/databases.ts";
import { stores, type TestDatabase } from "../support/stores.ts";
import { dataFolder, environment, serve, setUp, type ServedHall } from "../terminal/program.ts";
import { ApiClient, bodyOf, expectProblem } from "./support/api-client.ts";
import { Contract } from "./support/contract.ts";
import { openSocket, openStream } from "./support/live-view.ts";
import { newThread } from "./support/serve-hall.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe.each(stores().slice(0, 1))("the program is told to stop", (store) => {
  let database: TestDatabase;
  let folder: Awaited<ReturnType<typeof dataFolder>>;
  let served: ServedHall | undefined;

  beforeEach(async () => {
    folder = await dataFolder();
    database = await store.createDatabase();
  });
  afterEach(async () => {
    await served?.kill();
    await folder.remove();
    await database.drop();
  });

  /** Serves a new hall, with somebody signed in. */
  async function open(stopSeconds: number) {
    const env = environment(folder.folder, {
      GUILDHALL_DATABASE__URL: database.url,
      GUILDHALL_HTTP__STOP_SECONDS: String(stopSeconds),
    });
    served = await serve({ env, samples: true });
    const origin = served.url;
    const token = await setUp(served, { email: "first@example.org", password: "long enough" });
    const client = new ApiClient({ origin, contract: await Contract.read(origin) });
    const api = client.withToken(token);
    const threadId = await newThread(api);
    const request = { origin, threadId, headers: { authorization: `Bearer ${token}` } };
    const run = async (raw_text: string) =>
      bodyOf(await api.post(`/api/v1/threads/${threadId}/actions`, { raw_text }), 202, ActionSchema).id;
    return { served, api, threadId, request, run };
  }

  const stored = async (id: string) =>
    await withClient(database.url, async (client) => {
      const { rows } = await client.query(
        "select state, is_completed, error->>'code' as code, last_order from actions.actions where id = $1",
        [id],
      );
      const [row]: unknown[] = rows;
      return row;
    });

  it("and refuses new work, finishes what runs, lets everybody hear the end, and closes", async () => {
    const { served: hall, api, threadId, request, run } = await open(20);
    const socket = await openSocket(request);
    const stream = await openStream(request);
    const id = await run("stream 60 --ms 30");
    const waiting = api.get(`/api/v1/actions/${id}?wait=60`);
    await socket.until(5);
    hall.program.child.kill("SIGTERM");
    const path = `/api/v1/threads/${threadId}/actions`;
    await expect
      .poll(async () => (await api.post(path, { raw_text: "stream 1" })).status, { interval: 5 })
      .toBe(503);
    expectProblem(await api.post(path, { raw_text: "ping" }), "hall_stopping");
    expectProblem(await api.post("/api/v1/commands/ping", {}), "hall_stopping");
    expect((await api.get(`/api/v1/threads/${threadId}`)).status).toBe(200);

    const ended = bodyOf(await waiting, 200, ActionSchema);
    expect(ended).toMatchObject({ state: "completed", error: null });
    expect(ended.response_chunks).toHaveLength(60);
    expect(await socket.ended).toEqual({ code: 1001, reason: "the hall is stopping" });
    expect((await stream.ended).reason).toBe("ended");
    for (const view of [socket, stream]) {
      const own = view.events.filter(({ action_id }) => action_id === id);
      expect(own.map(({ type }) => type).at(-1)).toBe("action-completed");
      expect(own.flatMap(({ order }) => order ?? [])).toEqual(upTo(60));
    }
    const { status, out } = await hall.program.ended;
    expect(status).toBe(0);
    expect(out).toContain("Guildhall is closing.");
    expect(await stored(id)).toEqual({ state: "completed", is_completed: true, code: null, last_order: 60 });
    await expect(api.get("/health")).rejects.toThrow(/ECONNREFUSED|socket hang up|ECONNRESET/);
  });

  it("and after the time of grace ends what still runs, held up by nobody", async () => {
    const { served: hall, api, request, run } = await open(0);
    const [id, again, handed] = [await run("hang"), await run("wait-again"), await run("handover")];
    const waiting = [id, again, handed].map(async (one) => await api.get(`/api/v1/actions/${one}?wait=60`));
    const readers = [await openSocket(request), await openStream(request)];
    // The readers hold whatever they have not taken; the waiting hold their answers.
    const idle = await openSocket(request);
    for (const view of [...readers, idle]) await view.until(5);
    idle.pause();
    hall.program.child.kill("SIGTERM");
    const { status } = await hall.program.ended;
    expect(status).toBe(0);
    expect((await readers[0]?.ended)?.code).toBe(1001);
    expect((await readers[1]?.ended)?.reason).toBe("ended");
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
    // One chunk tells the person why.
    expect(await stored(id)).toEqual({
      state: "failed",
      is_completed: true,
      code: "hall_stopped",
      last_order: 1,
    });
    expect(await stored(again)).toMatchObject({ state: "running", is_completed: false });
    expect(await stored(handed)).toMatchObject({ state: "running", is_completed: false });
  });
});
