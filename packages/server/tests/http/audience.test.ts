import { describe, expect, it } from "vitest";
import { ActionSchema, ThreadSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { OPENERS, type LiveView } from "./support/live-view.ts";
import { finished, newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const UNSEEN = /for you alone|secret/;

describe.each(stores())("output for the asker alone on the $name store", (store) => {
  const { served } = useServedHall(store);

  async function share(threadId: string, { user }: SignedInPerson): Promise<void> {
    await served()
      .hall.database.queries.insertInto("threads.thread_members")
      .values({ thread_id: threadId, user_id: user.id, role: "reader", created_at: new Date() })
      .execute();
  }

  async function table() {
    const asker = await served().join();
    const reader = await served().join();
    const threadId = await newThread(asker.api);
    await share(threadId, reader);
    return { asker, reader, threadId };
  }

  async function run(person: SignedInPerson, threadId: string, raw_text: string) {
    const answer = await person.api.post(`/api/v1/threads/${threadId}/actions`, { raw_text });
    return bodyOf(answer, answer.status === 200 ? 200 : 202, ActionSchema);
  }

  it("reaches the asker and no other reader over REST", async () => {
    const { asker, reader, threadId } = await table();
    const { id } = await finished(asker.api, (await run(asker, threadId, "whisper")).id);
    const { id: pureId } = await run(asker, threadId, "pure-whisper");

    const own = await finished(asker.api, id);
    expect(own.response_chunks.map(({ order, audience }) => [order, audience])).toEqual([
      [1, undefined],
      [2, "asker"],
      [3, "asker"],
      [4, undefined],
    ]);
    for (const path of [
      `/api/v1/actions/${id}`,
      `/api/v1/actions/${pureId}`,
      `/api/v1/threads/${threadId}`,
    ]) {
      expect((await asker.api.get(path)).text).toMatch(UNSEEN);
      expect((await reader.api.get(path)).text).not.toMatch(UNSEEN);
    }
    const thread = bodyOf(await reader.api.get(`/api/v1/threads/${threadId}`), 200, ThreadSchema);
    const orders = thread.thread_actions.map(({ action }) =>
      action.response_chunks.map(({ order }) => order),
    );
    expect(orders).toEqual([[1, 4], [1]]);
    expectProblem(await reader.api.get(`/api/v1/actions/${id}/chunks/3`), "not_found");
    expect((await asker.api.get(`/api/v1/actions/${id}/chunks/3`)).status).toBe(200);
  });

  it.each(OPENERS)(
    "reaches the asker and no other reader by %s, live and replayed, without a gap",
    async (_name, open) => {
      const { asker, reader, threadId } = await table();
      const view = (person: SignedInPerson): Promise<LiveView> =>
        open({ origin: served().origin, threadId, headers: { authorization: `Bearer ${person.token}` } });
      const live = { asker: await view(asker), reader: await view(reader) };
      await finished(asker.api, (await run(asker, threadId, "whisper")).id);
      await run(asker, threadId, "pure-whisper");
      const replayed = { asker: await view(asker), reader: await view(reader) };
      for (const views of [live, replayed]) {
        await views.asker.until(7);
        await views.reader.until(7);
        expect(views.reader.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(JSON.stringify(views.asker.events)).toMatch(UNSEEN);
        expect(JSON.stringify(views.reader.events)).not.toMatch(UNSEEN);
        expect(views.reader.events.flatMap(({ order }) => order ?? [])).toEqual([1, 4]);
        views.asker.close();
        views.reader.close();
      }
    },
  );
});
