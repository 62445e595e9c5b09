import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ActionSchema, ChunkSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { TestClock } from "../support/test-hall.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { finished, newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";
import { storedCounts } from "./support/stored-counts.ts";

const HandOver = z.object({ token: z.string(), expires_at: z.string() });

describe.each(stores())("an Idempotency-Key on the $name store", (store) => {
  const { served } = useServedHall(store);
  let person: SignedInPerson;
  let path = "";
  beforeAll(async () => {
    person = await served().join();
    path = `/api/v1/threads/${await newThread(person.api)}/actions`;
  });

  const post = async (key: string, raw_text: string, to = path) =>
    await person.api.post(to, { raw_text }, { "idempotency-key": key });

  it("leads the same request to the same action, complete or running", async () => {
    const first = bodyOf(await post("done", "roll 4d6"), 200, ActionSchema);
    expect(bodyOf(await post("done", "roll 4d6"), 200, ActionSchema)).toEqual(first);

    const begun = bodyOf(await post("runs", "wait"), 202, ActionSchema);
    const again = await post("runs", "wait");
    expect(bodyOf(again, 202, ActionSchema).id).toBe(begun.id);
    expect(again.headers["location"]).toBe(`/api/v1/actions/${begun.id}`);
    await person.api.post(`/api/v1/actions/${begun.id}/cancel`);
    await finished(person.api, begun.id);
    expect(bodyOf(await post("runs", "wait"), 200, ActionSchema)).toMatchObject({
      id: begun.id,
      state: "cancelled",
    });
  });

  it("is refused for another line, other arguments, another command or another thread", async () => {
    bodyOf(await post("taken", "roll 1d6"), 200, ActionSchema);
    const before = await storedCounts(served().hall);
    const key = { "idempotency-key": "taken" };
    expectProblem(await post("taken", "roll 1d8"), "idempotency_mismatch");
    expectProblem(await post("taken", "ping"), "idempotency_mismatch");
    expectProblem(await post("taken", "stream 3"), "idempotency_mismatch");
    expectProblem(
      await person.api.post("/api/v1/commands/roll", { expression: "1d6" }, key),
      "idempotency_mismatch",
    );
    const after = await storedCounts(served().hall);
    expect(after["actions.actions"]).toBe(before["actions.actions"]);
    expect(after["c_stream"]).toBe(before["c_stream"]);
    const elsewhere = `/api/v1/threads/${await newThread(person.api)}/actions`;
    expectProblem(await post("taken", "roll 1d6", elsewhere), "idempotency_mismatch");
  });

  it("is each person's own", async () => {
    const mine = bodyOf(await post("shared", "ping"), 200, ActionSchema);
    const other = await served().join();
    const key = { "idempotency-key": "shared" };
    const theirs = bodyOf(await other.api.post("/api/v1/commands/ping", {}, key), 200, ActionSchema);
    expect(theirs.id).not.toBe(mine.id);
  });

  it("makes one action of 20 requests at the same time", async () => {
    for (const line of ["roll 4d6", "stream 20 --ms 2"]) {
      const before = await storedCounts(served().hall);
      const key = `parallel ${line}`;
      const answers = await Promise.all(Array.from({ length: 20 }, async () => await post(key, line)));
      const ids = answers.map((answer) => {
        expect(answer.status).toBeOneOf([200, 202]);
        return bodyOf(answer, answer.status, ActionSchema).id;
      });
      expect(new Set(ids).size).toBe(1);
      const ended = await finished(person.api, ids[0] ?? "");
      expect(ended.state).toBe("completed");
      const after = await storedCounts(served().hall);
      expect(after["actions.actions"]).toBe((before["actions.actions"] ?? 0) + 1);
      const counter = `c_${line.split(" ")[0]}`;
      expect(after[counter]).toBe((before[counter] ?? 0) + 1);
    }
  });

  it("must be of a sane length", async () => {
    expectProblem(await post("", "ping"), "body_invalid");
    expectProblem(await post("k".repeat(256), "ping"), "body_invalid");
    expect((await post("k".repeat(255), "ping")).status).toBe(200);
  });
});

describe.each(stores())("completion from outside on the $name store", (store) => {
  const clock = new TestClock();
  const { served } = useServedHall(store, { clock });
  let person: SignedInPerson;
  beforeAll(async () => {
    person = await served().join();
  });

  /** Runs a command that hands over, and gives its action and token. */
  async function handOver() {
    const run = await person.api.post("/api/v1/commands/handover", {});
    const { id } = bodyOf(run, 202, ActionSchema);
    // The command's own end is not the action's: wait for what it puts out.
    const given = await expect
      .poll(async () => {
        const action = bodyOf(await person.api.get(`/api/v1/actions/${id}`), 200, ActionSchema);
        return action.response_chunks[0]?.data;
      })
      .toBeTruthy()
      .then(async () => bodyOf(await person.api.get(`/api/v1/actions/${id}`), 200, ActionSchema));
    const { token } = HandOver.parse(given.response_chunks[0]?.data);
    return { id, token, holder: served().api.withToken(token) };
  }

  it("takes chunks and the end from whoever holds the token", async () => {
    const { id, holder } = await handOver();
    const path = `/api/v1/actions/${id}`;
    const text = await holder.post(`${path}/chunks`, { mime: "text/plain", text_content: "half way" });
    expect(bodyOf(text, 201, ChunkSchema)).toMatchObject({ order: 2, text_content: "half way" });
    const parsed = { mime: "application/json", text_content: '{"a":1}' };
    expect(bodyOf(await holder.post(`${path}/chunks`, parsed), 201, ChunkSchema).data).toEqual({ a: 1 });
    const odd = { mime: "application/json", text_content: "not json" };
    expect(bodyOf(await holder.post(`${path}/chunks`, odd), 201, ChunkSchema)).not.toHaveProperty("data");
    const pixel = { mime: "image/png", binary_base64: "iVBORw0KGgo=", name: "ä b.png" };
    const image = bodyOf(await holder.post(`${path}/chunks`, pixel), 201, ChunkSchema);
    const bytes = await person.api.get(image.binary_url ?? "");
    expect(bytes.bytes.toString("base64")).toBe(pixel.binary_base64);
    expect(bytes.headers["content-disposition"]).toBe("inline; filename*=UTF-8''%C3%A4%20b.png");
    const page = { mime: "text/html", binary_base64: btoa("<script>alert(1)</script>") };
    const stored = bodyOf(await holder.post(`${path}/chunks`, page), 201, ChunkSchema);
    const html = await person.api.get(stored.binary_url ?? "");
    expect(html.headers["content-disposition"]).toMatch(/^attachment;/);
    expect(html.headers["content-security-policy"]).toBe("sandbox; default-src 'none'");

    const ended = bodyOf(await holder.post(`${path}/complete`), 200, ActionSchema);
    expect(ended).toMatchObject({ state: "completed", is_completed: true, error: null });
    expect(ended.response_chunks.map(({ order }) => order)).toEqual([1, 2, 3, 4, 5, 6]);
    expectProblem(await holder.post(`${path}/chunks`, parsed), "action_not_held");
    expectProblem(await holder.post(`${path}/complete`, {}), "action_not_held");
    expect((await finished(person.api, id)).response_chunks).toHaveLength(6);
  });

  it("takes a failure with its reason", async () => {
    const { id, holder } = await handOver();
    const error = { code: "printer_jam", message: "The printer is jammed." };
    const ended = await holder.post(`/api/v1/actions/${id}/complete`, { error });
    expect(bodyOf(ended, 200, ActionSchema)).toMatchObject({ state: "failed", error });
  });

  it("is refused to everybody else, the person and administrators too", async () => {
    const admin = await served().join({ admin: true });
    const { id, holder } = await handOver();
    const other = await handOver();
    const chunk = { mime: "text/plain", text_content: "mine" };
    const signed = holder.with({ authorization: `Bearer ${other.token}` });
    for (const api of [served().api, person.api, person.browser, admin.api, signed, holder.withToken("x")]) {
      expectProblem(await api.post(`/api/v1/actions/${id}/chunks`, chunk), "signed_out");
      expectProblem(await api.post(`/api/v1/actions/${id}/complete`, {}), "signed_out");
    }
    // Nor does it open anything else.
    expectProblem(await holder.get("/api/v1/users/me"), "signed_out");
    expectProblem(await holder.get(`/api/v1/actions/${id}`), "signed_out");
    expectProblem(await holder.post("/api/v1/commands/ping", {}), "signed_out");
    for (const body of [
      { mime: "text/plain" },
      { mime: "nonsense", text_content: "" },
      { ...chunk, binary_base64: "" },
    ]) {
      expectProblem(await holder.post(`/api/v1/actions/${id}/chunks`, body), "body_invalid");
    }
    const seen = bodyOf(await person.api.get(`/api/v1/actions/${id}`), 200, ActionSchema);
    expect(seen.response_chunks).toHaveLength(1);
    expect(seen.is_completed).toBe(false);
    await holder.post(`/api/v1/actions/${id}/complete`);
    await other.holder.post(`/api/v1/actions/${other.id}/complete`);
  });

  it("ends with the token's time", async () => {
    const { id, holder } = await handOver();
    clock.advance(61_000);
    const late = await holder.post(`/api/v1/actions/${id}/complete`, {});
    expectProblem(late, "signed_out");
  });
});
