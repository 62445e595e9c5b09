import { sql } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import { ActionSchema, ThreadSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const LINES_A_CHUNK = 50;
const CHUNKS = 20_000;

describe.each(stores())("very long output on the $name store", (store) => {
  const { served } = useServedHall(store);
  let person: SignedInPerson;
  let threadId = "";
  beforeAll(async () => {
    person = await served().join();
    threadId = await newThread(person.api);
  });

  /** An action that has put out what this query gives: order, mime, text_content, audience. */
  async function actionWith(chunks: ReturnType<typeof sql>): Promise<string> {
    const run = await person.api.post(`/api/v1/threads/${threadId}/actions`, { raw_text: "ping" });
    const { id } = bodyOf(run, 200, ActionSchema);
    const { queries } = served().hall.database;
    await sql`delete from actions.action_response_chunks where action_id = ${id}`.execute(queries);
    await sql`insert into actions.action_response_chunks (id, action_id, "order", mime, text_content, audience, created_at)
      select gen_random_uuid(), ${id}, c."order", c.mime, c.text_content, c.audience, now() from (${chunks}) c
        ("order", mime, text_content, audience)`.execute(queries);
    await sql`update actions.actions set last_order = (select max("order") from actions.action_response_chunks
      where action_id = ${id}) where id = ${id}`.execute(queries);
    return id;
  }

  it("shows the last thousand chunks of a million lines, and has the whole as a file", async () => {
    const id = await actionWith(sql`
      select n, 'text/plain', (select string_agg('line ' || (n - 1) * ${LINES_A_CHUNK}::int + m, chr(10) order by m)
        from generate_series(1, ${LINES_A_CHUNK}::int) m), 'thread' from generate_series(1, ${CHUNKS}::int) n`);
    const shown = bodyOf(await person.api.get(`/api/v1/actions/${id}`), 200, ActionSchema);
    const { thread_actions } = bodyOf(await person.api.get(`/api/v1/threads/${threadId}`), 200, ThreadSchema);
    for (const action of [shown, thread_actions.at(-1)?.action]) {
      expect(action?.has_earlier_chunks).toBe(true);
      expect(action?.response_chunks).toHaveLength(1000);
      expect(action?.response_chunks.at(-1)?.order).toBe(CHUNKS);
    }
    const file = await person.api.get(`/api/v1/actions/${id}/output`);
    expect(file.headers["content-disposition"]).toBe(`attachment; filename*=UTF-8''ping%20${id}.txt`);
    const lines = file.text.split("\n");
    expect(lines).toHaveLength(CHUNKS * LINES_A_CHUNK + 1);
    expect(lines.findIndex((line, index) => line !== `line ${index + 1}`)).toBe(CHUNKS * LINES_A_CHUNK);
    const stranger = await served().join();
    expectProblem(await stranger.api.get(`/api/v1/actions/${id}/output`), "not_found");
  });

  it("shows the end of a very long text, and has the whole as a file", async () => {
    const id = await actionWith(sql`
      select 1, 'text/plain', 'begin' || repeat('x', 2000000) || 'end', 'thread'
      union all select 2, 'application/json', '["' || repeat('y', 1000000) || '"]', 'thread'
      union all select 3, 'text/plain', 'short', 'thread'`);
    const action = bodyOf(await person.api.get(`/api/v1/actions/${id}`), 200, ActionSchema);
    const [text, json, short] = action.response_chunks;
    expect(text?.text_content).toHaveLength(1_000_000);
    expect(text?.text_content?.endsWith("xend")).toBe(true);
    expect(text?.whole).toEqual({ url: `/api/v1/actions/${id}/chunks/1`, characters: 2_000_008 });
    expect(json?.data).toBeUndefined();
    expect(json?.whole?.characters).toBe(1_000_004);
    expect(short).toEqual({ order: 3, mime: "text/plain", text_content: "short" });
    const whole = await person.api.get(text?.whole?.url ?? "");
    expect(whole.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(whole.headers["content-disposition"]).toMatch(/^attachment;/);
    expect(whole.text).toBe(`begin${"x".repeat(2_000_000)}end`);
    expectProblem(await person.api.get(`/api/v1/actions/${id}/chunks/4`), "not_found");
  });

  it("leaves out of a file what is for the asker alone, and what only a page can show", async () => {
    const id = await actionWith(sql`
      values (1, 'text/plain', 'for all', 'thread'), (2, 'text/plain', 'for me', 'asker'),
        (3, 'application/vnd.guildhall.progress+json', '{"done":1}', 'thread'), (4, 'text/markdown', 'last', 'thread')`);
    const reader = await served().join();
    await person.api.post(`/api/v1/threads/${threadId}/members`, { email: reader.email, role: "reader" });
    const own = await person.api.get(`/api/v1/actions/${id}/output`);
    expect(own.text).toBe("for all\nfor me\nlast\n");
    const theirs = await reader.api.get(`/api/v1/actions/${id}/output`);
    expect(theirs.text).toBe("for all\nlast\n");
  });
});
