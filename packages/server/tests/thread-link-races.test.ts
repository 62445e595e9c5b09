import { plainText } from "@guildhall/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { chunkRow, storeProgress } from "../src/data/action-log.ts";
import { readEvents } from "../src/data/thread-events.ts";
import { newId } from "../src/data/uuid.ts";
import type { Principal } from "../src/hall/people.ts";
import { eventually } from "./fixtures/run-fixture.ts";
import { withClient } from "./support/databases.ts";
import { stores } from "./support/stores.ts";
import { freshEmail } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

describe.each(stores())("an action put into a thread while it runs, on the $name store", (store) => {
  const { test, url } = useTestHall(store);
  let person: Principal;
  let first = "";
  let second = "";
  let actionId = "";

  beforeEach(async () => {
    const { data } = test().hall;
    person = await test().createPerson(freshEmail());
    const make = async () => (await data.createThread(person.user.id, { title: "t", description: "" })).id;
    [first, second] = [await make(), await make()];
    const request = { handler_name: "stream", request: {}, title: "t", raw_text: "stream" };
    actionId = (await data.createAction(person.user.id, request)).id;
    await data.appendActionToThread(person.user.id, first, actionId);
  });

  const store1 = async (lastOrder: number) => {
    const [result] = await storeProgress(test().hall.database.pool, [
      {
        actionId,
        attempt: 1,
        lastOrder,
        chunks: [chunkRow(plainText(`chunk ${lastOrder + 1}`))],
        rows: [],
        at: new Date(),
      },
    ]);
    return result;
  };

  const waitingForLocks = async (count: number) => {
    await eventually(
      () =>
        withClient(url(), async (client) => {
          const { rows } = await client.query<{ count: string }>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
          );
          return Number(rows[0]?.count) === count;
        }),
      `${count} statement(s) wait for a lock`,
    );
  };

  it("shows every chunk there, also one that is being stored at that instant", async () => {
    const { data, database } = test().hall;
    await store1(0);
    await withClient(url(), async (client) => {
      // Holds the link's place in the unique index alone, so that the append waits with the action locked.
      await client.query("set session_replication_role = replica");
      await client.query("begin");
      await client.query("insert into threads.thread_actions values ($1, $2, $3, 1, false, true)", [
        newId(),
        second,
        actionId,
      ]);
      const appended = data.appendActionToThread(person.user.id, second, actionId);
      await waitingForLocks(1);
      const stored = store1(1);
      await waitingForLocks(2);
      await client.query("rollback");
      await appended;
      expect(await stored).toMatchObject({ status: "stored" });
    });
    const events = await readEvents(database.queries, { threadId: second, after: 0, limit: 100 });
    expect(
      events.map((event) => event.chunk?.order ?? event.action?.response_chunks.map((chunk) => chunk.order)),
    ).toEqual([[1], 2]);
  });

  it("is refused, and no run is disturbed, when it is there already", async () => {
    const { data } = test().hall;
    let lastOrder = 0;
    let isStreaming = true;
    const refusals = (async () => {
      while (isStreaming) {
        await expect(data.appendActionToThread(person.user.id, first, actionId)).rejects.toMatchObject({
          code: "action_already_in_thread",
        });
      }
    })();
    try {
      for (; lastOrder < 200; lastOrder += 1) {
        expect(await store1(lastOrder)).toMatchObject({ status: "stored" });
      }
    } finally {
      isStreaming = false;
    }
    await refusals;
  });
});
