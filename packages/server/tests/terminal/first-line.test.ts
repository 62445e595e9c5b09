import { afterAll, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  ActionDocument,
  api,
  dataFolder,
  environment,
  rollTotal,
  runProgram,
  serve,
  setUp,
  signIn,
  type ServedHall,
} from "./program.ts";

const data = await dataFolder();
const env = environment(data.folder);
const person = { email: "ada@example.org", password: "correct horse battery" };
const Thread = z.object({ id: z.string(), thread_actions: z.array(z.object({ action: ActionDocument })) });

afterAll(() => data.remove());

it("one typed line, from the terminal, over REST and with typed arguments, survives kill -9", async () => {
  const first = await serve({ env });
  const token = await setUp(first, person);
  const made = await api(first, "/threads", { token, body: { title: "The table" } });
  const { id: threadId } = z.object({ id: z.string() }).parse(made.body);

  const overRest = await api(first, `/threads/${threadId}/actions`, {
    token,
    body: { raw_text: "roll 4d6kh3 damage" },
  });
  expect(overRest.status).toBe(200);
  const typed = await api(first, `/commands/roll?thread_id=${threadId}`, {
    token,
    body: { expression: "1d20" },
  });
  expect(typed.status).toBe(200);
  const inTerminal = await runProgram(["roll", "4d6kh3", "damage", "--json", "--as", person.email], { env });
  const terminalAction = ActionDocument.parse(JSON.parse(inTerminal.out));
  await first.kill();

  const second = await serve({ env });
  expect(second.setupToken).toBeUndefined();
  // What was signed before still holds: the key is kept, too.
  const kept = Thread.parse((await api(second, `/threads/${threadId}`, { token })).body);
  const wanted = [overRest.body, typed.body].map((body) => ActionDocument.parse(body));
  expect(kept.thread_actions.map(({ action }) => action)).toEqual(wanted);
  const again = await api(second, `/actions/${terminalAction.id}`, { token: await signIn(second, person) });
  expect(ActionDocument.parse(again.body)).toEqual(terminalAction);
  expect(rollTotal(terminalAction)).toBeGreaterThanOrEqual(3);
  await second.stop();
});

it("100 streaming actions whose hall is killed in the middle have all ended for a stated reason", async () => {
  const first = await serve({ env, samples: true });
  const token = await signIn(first, person);
  const made = await api(first, "/threads", { token, body: { title: "Under way" } });
  const { id: threadId } = z.object({ id: z.string() }).parse(made.body);
  const accepted = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const line = index % 10 === 0 ? "again 20 --ms 20" : "stream 100 --ms 50";
      const { status, body } = await api(first, `/threads/${threadId}/actions`, {
        token,
        body: { raw_text: line },
      });
      expect(status).toBe(202);
      return ActionDocument.parse(body).id;
    }),
  );
  const read = async (hall: ServedHall, id: string, wait: number) =>
    ActionDocument.parse((await api(hall, `/actions/${id}?wait=${wait}`, { token })).body);
  await vi.waitUntil(
    async () => {
      const seen = await Promise.all(accepted.map((id) => read(first, id, 0)));
      return seen.every(({ response_chunks }) => response_chunks.length > 0);
    },
    { timeout: 60_000, interval: 250 },
  );
  await first.kill();

  const second = await serve({ env, samples: true });
  const ended = await Promise.all(accepted.map((id) => read(second, id, 30)));
  for (const action of ended) {
    expect(action.is_completed).toBe(true);
    const orders = action.response_chunks.map(({ order }) => order);
    expect(orders).toEqual(orders.map((_, index) => index + 1));
    if (action.state === "failed") expect(action.error?.code).toBe("outcome_unknown");
    else expect(action).toMatchObject({ state: "completed", error: null });
    if (action.handler_name === "again") expect(action.state).toBe("completed");
  }
  expect(ended.some((action) => action.state === "failed")).toBe(true);

  const events = await readEvents(`${second.url}/api/v1/events?thread_id=${threadId}`, token);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const completions = events
    .filter(({ type }) => type === "action-completed")
    .map(({ action_id }) => action_id);
  expect(completions).toHaveLength(accepted.length);
  expect(new Set(completions)).toEqual(new Set(accepted));
  await second.stop();
}, 120_000);

const Event = z.object({ seq: z.number(), type: z.string(), action_id: z.string().optional() });

/** All events that a thread has now. */
async function readEvents(url: string, token: string): Promise<z.infer<typeof Event>[]> {
  const controller = new AbortController();
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: controller.signal,
  });
  const events: z.infer<typeof Event>[] = [];
  let completed = 0;
  let rest = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: ")) continue;
      const event = Event.parse(JSON.parse(line.slice("data: ".length)));
      events.push(event);
      if (event.type === "action-completed") completed += 1;
    }
    if (completed === 100) break;
  }
  controller.abort();
  return events;
}
