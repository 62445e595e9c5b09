import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../src/data/embedded/embedded-postgres.ts";
import { ActionSchema } from "../../src/http/schemas.ts";
import { silentLog } from "../support/silent-log.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { OPENERS, type LiveView } from "./support/live-view.ts";
import {
  finished,
  newThread,
  serveHall,
  type ServedHall,
  type SignedInPerson,
} from "./support/serve-hall.ts";
import type { Answer } from "./support/wire.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("a store that goes away", () => {
  let folder = "";
  let store: EmbeddedPostgres;
  let served: ServedHall;
  let person: SignedInPerson;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-store-away-"));
    store = await startEmbeddedPostgres({ folder, log: silentLog });
    served = await serveHall({ url: store.url, server: { pingMilliseconds: 1000 } });
    person = await served.join();
  });
  afterAll(async () => {
    await served?.stop();
    await store?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs three streaming actions with a live view of each kind; the store goes away when the views have begun. */
  async function whileStreaming(goAway: () => Promise<void>): Promise<void> {
    const threadId = await newThread(person.api);
    const headers = { authorization: `Bearer ${person.token}` };
    const views: LiveView[] = [];
    for (const [, open] of OPENERS) views.push(await open({ origin: served.origin, threadId, headers }));
    const ids = await Promise.all(
      upTo(3).map(async () => {
        const line = { raw_text: "stream 150 --ms 5" };
        const answer = await person.api.post(`/api/v1/threads/${threadId}/actions`, line);
        return bodyOf(answer, 202, ActionSchema).id;
      }),
    );
    for (const view of views) await view.until(10);
    await goAway();

    for (const id of ids) {
      const action = await finished(person.api, id);
      expect(action).toMatchObject({ state: "completed", error: null });
      expect(action.response_chunks.map(({ order }) => order)).toEqual(upTo(150));
      expect(action.response_chunks.map((chunk) => chunk.text_content)).toEqual(
        upTo(150).map((number) => `chunk ${number}`),
      );
    }
    const total = 3 * 152;
    for (const view of views) {
      await view.until(total);
      expect(view.events.map(({ seq }) => seq)).toEqual(upTo(total));
      expect(view.events.filter(({ type }) => type === "action-completed")).toHaveLength(3);
      view.close();
    }
  }

  /** Asks until the store has answered this; every refusal on the way is the one that says so. */
  async function askUntilAnswered(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const answer = await ask();
      if (answer.status < 500) return answer;
      expectProblem(answer, "store_unavailable");
    }
  }

  async function healthIs(status: number): Promise<void> {
    await expect
      .poll(async () => (await served.api.get("/health")).status, { timeout: 20_000, interval: 20 })
      .toBe(status);
  }

  it("and is started again: requests say so, what streams comes to its end without a gap", async () => {
    await whileStreaming(async () => {
      process.kill(store.pid, "SIGKILL");
      await healthIs(503);
      const body = { title: "made at last" };
      const asked = await Promise.all([
        askUntilAnswered(async () => await person.api.get("/api/v1/users/me")),
        askUntilAnswered(async () => await person.api.post("/api/v1/commands/ping", {})),
        askUntilAnswered(async () => await person.api.post("/api/v1/threads", body)),
        askUntilAnswered(
          async () => await person.browser.post("/api/v1/commands/roll", { expression: "1d6" }),
        ),
      ]);
      expect(asked.map(({ status }) => status)).toEqual([200, 200, 201, 200]);
      await healthIs(200);
    });
  });

  it("and answers nothing for a while: what waits for it goes on where it was", async () => {
    await whileStreaming(async () => {
      const { stdout } = await promisify(execFile)("pgrep", ["-P", String(store.pid)]);
      const processes = [store.pid, ...stdout.trim().split("\n").map(Number)];
      for (const pid of processes) process.kill(pid, "SIGSTOP");
      const waiting = person.api.post("/api/v1/commands/ping", {});
      await healthIs(503);
      for (const pid of processes) process.kill(pid, "SIGCONT");
      expect((await waiting).status).toBe(200);
      await healthIs(200);
    });
  });

  it("and comes back leaves no action that never ends, whenever a request was cut off", async () => {
    const { queries } = served.hall.database;
    for (let round = 0; round < 3; round += 1) {
      let isAway = false;
      const clients = upTo(8).map(async () => {
        while (!isAway) {
          const answer = await person.api.post("/api/v1/commands/stream", { count: 2 });
          if (answer.status === 202) continue;
          expectProblem(answer, "store_unavailable");
          isAway = true;
        }
      });
      process.kill(store.pid, "SIGKILL");
      await Promise.all(clients);
      await healthIs(200);
    }
    await expect
      .poll(
        async () => {
          const open = await queries
            .selectFrom("actions.actions")
            .select(["id", "state", "raw_text"])
            .where("is_completed", "=", false)
            .execute();
          return open;
        },
        { timeout: 20_000 },
      )
      .toEqual([]);
  });
});
