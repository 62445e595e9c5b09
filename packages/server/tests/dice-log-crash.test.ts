import { characters } from "@guildhall/characters";
import { dice } from "@guildhall/dice";
import { MIME } from "@guildhall/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { eventually, runFixture, type RunningFixture } from "./fixtures/run-fixture.ts";
import { withClient } from "./support/databases.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall, type TestHall } from "./support/test-hall.ts";

const modules = [characters, dice];
/** How many actions have ended when the process is killed; some are under way at any moment. */
const KILLED_AFTER = [40, 150, 333];
const Compared = z.array(
  z.object({ id: z.string(), handler: z.string(), chunks: z.number(), logged: z.number() }),
);

describe.each(stores())("the dice log of a hall that is killed, on the $name store", (store) => {
  let database: TestDatabase;
  let open: TestHall | undefined;
  let fixture: RunningFixture | undefined;

  beforeEach(async () => {
    database = await store.createDatabase();
  });
  afterEach(async () => {
    fixture?.kill("SIGKILL");
    await fixture?.ended;
    await close();
    await database.drop();
  });

  const openNext = async () => {
    open = await openTestHall({ url: database.url, modules });
    return open;
  };
  const close = async () => {
    const closed = open;
    open = undefined;
    await closed?.stop();
  };

  /** Each action that rolls: how much it has put out, notices aside, and how many rolls of it are in the log. */
  const compared = async () =>
    await withClient(database.url, async (client) => {
      const { rows } = await client.query(
        `select a.id, a.handler_name as handler,
                (select count(*)::int from actions.action_response_chunks c
                 where c.action_id = a.id and c.mime <> $1) as chunks,
                (select count(*)::int from module_dice.rolls r where r.action_id = a.id::text) as logged
         from actions.actions a where a.handler_name = any($2)`,
        [MIME.notice, ["roll", "say", "reroll", "proof roll"]],
      );
      return Compared.parse(rows);
    });

  it("has every roll that was kept, and no other", async () => {
    const test = await openNext();
    const person = await test.createPerson("ada@example.org");
    const { id: threadId } = await test.hall.data.createThread(person.user.id, {
      title: "table",
      description: "",
    });
    await close();
    for (const count of KILLED_AFTER) {
      const running = runFixture({
        script: "dice-runner.ts",
        args: [database.url, person.user.id, threadId],
      });
      fixture = running;
      await eventually(() => running.said.length >= count, `${count} rolls have ended ${running.errors()}`);
      running.kill("SIGKILL");
      await running.ended;
      // What was accepted and had not begun is run by the next.
      const next = await openNext();
      await eventually(async () => {
        const { rows } = await next.hall.database.pool.query(
          "select from actions.actions where not is_completed limit 1",
        );
        return rows.length === 0;
      }, "every action has ended");
      for (const { id, handler, chunks, logged } of await compared()) {
        const rolls = chunks === 0 ? 0 : handler === "say" ? 2 : 1;
        expect(logged, `${handler} ${id} put out ${chunks} pieces`).toBe(rolls);
      }
      const { rows } = await next.hall.database.pool.query(
        "select from module_dice.rolls where action_id not in (select id::text from actions.actions)",
      );
      expect(rows).toHaveLength(0);
      await close();
    }
    const all = await compared();
    for (const handler of ["roll", "say", "reroll", "proof roll"]) {
      expect(all.filter((one) => one.handler === handler && one.logged > 0).length, handler).toBeGreaterThan(
        5,
      );
    }
  });
});
