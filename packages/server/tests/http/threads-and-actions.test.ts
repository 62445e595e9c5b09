import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { pageOf, ThreadActionSchema, ThreadSchema, ThreadSummarySchema } from "../../src/http/schemas.ts";
import { ActionSchema, HelpSchema, UserSchema } from "../../src/http/schemas.ts";
import { bigBytes } from "../support/sample-module.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { finished, newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";
import { storedCounts } from "./support/stored-counts.ts";

const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";
const Threads = pageOf(ThreadSummarySchema);

describe.each(stores())("the fixed interface on the $name store", (store) => {
  const { served } = useServedHall(store);
  let person: SignedInPerson;
  let threadId = "";
  beforeAll(async () => {
    person = await served().join();
    threadId = await newThread(person.api);
  });

  it("makes a thread: 201, with its promised fields", async () => {
    const answer = await person.api.post("/api/v1/threads", { title: "Tavern", description: "Session 1" });
    const thread = bodyOf(answer, 201, ThreadSummarySchema);
    expect(thread).toMatchObject({ title: "Tavern", description: "Session 1", user_id: person.user.id });
    expect(thread).toMatchObject({ role: "owner", last_seq: 0 });
    const plain = bodyOf(await person.api.post("/api/v1/threads", { title: "" }), 201, ThreadSummarySchema);
    expect(plain).toMatchObject({ title: "", description: "" });
  });

  it("runs a typed line: 200 when it is complete already", async () => {
    const line = "roll 4d6kh3 damage";
    const answer = await person.api.post(`/api/v1/threads/${threadId}/actions`, { raw_text: line });
    const action = bodyOf(answer, 200, ActionSchema);
    expect(answer.headers["location"]).toBe(`/api/v1/actions/${action.id}`);
    expect(action).toMatchObject({
      handler_name: "roll",
      raw_text: line,
      title: line,
      user_id: person.user.id,
      state: "completed",
      is_completed: true,
      error: null,
      adapter: "rest",
    });
    const [forPeople, forPrograms] = action.response_chunks;
    expect(forPeople).toMatchObject({ order: 1, mime: "text/markdown" });
    expect(forPeople).not.toHaveProperty("data");
    expect(forPrograms).toMatchObject({ order: 2, mime: "application/vnd.guildhall.roll+json" });
    const { total } = z.looseObject({ total: z.int().min(3).max(18) }).parse(forPrograms?.data);
    expect(JSON.parse(forPrograms?.text_content ?? "")).toEqual(forPrograms?.data);
    expect(forPeople?.text_content).toContain(String(total));
    const read = bodyOf(await person.api.get(`/api/v1/actions/${action.id}`), 200, ActionSchema);
    expect(read).toEqual(action);
  });

  it("runs a typed line: 202 while it runs, then `wait` holds the answer until its end", async () => {
    const body = { raw_text: "stream 30 --ms 5" };
    const answer = await person.api.post(`/api/v1/threads/${threadId}/actions`, body);
    const begun = bodyOf(answer, 202, ActionSchema);
    expect(begun).toMatchObject({ state: "accepted", is_completed: false, response_chunks: [] });
    expect(begun.completed_at).toBeNull();
    const waited = await person.api.get(`/api/v1/actions/${begun.id}?wait=60`);
    const ended = bodyOf(waited, 200, ActionSchema);
    expect(ended).toMatchObject({ state: "completed", is_completed: true });
    expect(ended.response_chunks.map(({ order }) => order)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
    expectProblem(await person.api.get(`/api/v1/actions/${begun.id}?wait=61`), "body_invalid");
    expectProblem(await person.api.get(`/api/v1/actions/${begun.id}?wait=-1`), "body_invalid");
  });

  it("answers a wait that is over with the action as it is", async () => {
    const run = await person.api.post(`/api/v1/threads/${threadId}/actions`, { raw_text: "wait" });
    const { id } = bodyOf(run, 202, ActionSchema);
    const waited = bodyOf(await person.api.get(`/api/v1/actions/${id}?wait=0.05`), 200, ActionSchema);
    expect(waited.is_completed).toBe(false);
    expect((await person.api.post(`/api/v1/actions/${id}/cancel`)).status).toBe(202);
    expect((await finished(person.api, id)).state).toBe("cancelled");
  });

  it("runs a command with typed arguments, in a thread or at home", async () => {
    const body = { expression: "1d20+5", purpose: "stealth check", advantage: true };
    const there = await person.api.post(`/api/v1/commands/roll?thread_id=${threadId}`, body);
    const action = bodyOf(there, 200, ActionSchema);
    expect(action.request).toEqual(expect.objectContaining(body));
    expect(action.raw_text).toMatch(/^roll .*1d20\+5 stealth check/);
    const shown = bodyOf(await person.api.get(`/api/v1/threads/${threadId}`), 200, ThreadSchema);
    expect(shown.thread_actions.at(-1)?.action).toEqual(action);

    const home = bodyOf(await person.api.post("/api/v1/commands/ping"), 200, ActionSchema);
    const again = bodyOf(await person.api.post("/api/v1/commands/ping", {}), 200, ActionSchema);
    const { items } = bodyOf(await person.api.get("/api/v1/threads"), 200, Threads);
    const homes = items.filter(({ title }) => title === "Home");
    expect(homes).toHaveLength(1);
    const atHome = bodyOf(await person.api.get(`/api/v1/threads/${homes[0]?.id}`), 200, ThreadSchema);
    expect(atHome.thread_actions.map((link) => link.action.id)).toEqual([home.id, again.id]);
    expectProblem(await person.api.post("/api/v1/commands/rol", {}), "command_not_found");
  });

  it("gives help without making an action", async () => {
    const before = await storedCounts(served().hall);
    for (const [raw_text, shown] of [
      ["roll -h", "4d6kh3"],
      ["roll 4d6 --help", "4d6kh3"],
      ["", "roll"],
    ] as const) {
      const answer = await person.api.post(`/api/v1/threads/${threadId}/actions`, { raw_text });
      const { help } = bodyOf(answer, 200, HelpSchema);
      expect(help.text).toContain(shown);
      expect(help.html).toContain("<");
    }
    expect(await storedCounts(served().hall)).toEqual(before);
  });

  it("keeps odd text as far as a store can, and the fault of a command to itself", async () => {
    const path = `/api/v1/threads/${threadId}/actions`;
    const odd = bodyOf(await person.api.post(path, { raw_text: "pure-odd" }), 200, ActionSchema);
    expect(odd.response_chunks[0]?.text_content).toBe("a\uFFFDb\uFFFDc");
    const typed = bodyOf(
      await person.api.post(path, { raw_text: "echo a\0b\uD83D c \u{1F3B2}" }),
      200,
      ActionSchema,
    );
    expect(typed.response_chunks[0]?.text_content).toBe("a\uFFFDb\uFFFD c \u{1F3B2}");
    const failed = bodyOf(await person.api.post(path, { raw_text: "pure-fail" }), 200, ActionSchema);
    expect(failed).toMatchObject({ state: "failed", is_completed: true, error: { code: "internal_error" } });
    expect(failed.error?.reference).toMatch(/^[\da-f-]{36}$/);
    expect(JSON.stringify(failed)).not.toContain("hunter2");
    const refused = await person.api.post(path, { raw_text: "refuse" });
    const { id } = bodyOf(refused, 202, ActionSchema);
    expect((await finished(person.api, id)).error).toMatchObject({ code: "no_goblin", reference: null });
  });

  it("keeps bytes behind a path, to be saved and never run", async () => {
    const run = await person.api.post("/api/v1/commands/big", { size: 70_000 });
    const { id } = bodyOf(run, 202, ActionSchema);
    const [chunk] = (await finished(person.api, id)).response_chunks;
    expect(chunk).toMatchObject({ mime: "application/octet-stream", name: "big.bin" });
    expect(chunk).not.toHaveProperty("text_content");
    const url = chunk?.binary_url ?? "";
    const bytes = await person.api.get(url);
    expect(bytes.status).toBe(200);
    expect(bytes.bytes.equals(bigBytes(70_000))).toBe(true);
    expect(bytes.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": "attachment; filename*=UTF-8''big.bin",
      "content-security-policy": "sandbox; default-src 'none'",
    });
    expectProblem(await served().api.get(url), "signed_out");
    const stranger = await served().join();
    expectProblem(await stranger.api.get(url), "not_found");
    expectProblem(await person.api.get(url.replace(/1$/, "2")), "not_found");
  });

  it("pages threads and actions without a gap", async () => {
    const reader = await served().join();
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.unshift(await newThread(reader.api, `${number}`));
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const before: string = next === null ? "" : `&before=${next}`;
      const page = bodyOf(await reader.api.get(`/api/v1/threads?limit=2${before}`), 200, Threads);
      seen.push(...page.items.map(({ id }) => id));
      ({ next } = page);
    } while (next !== null);
    expect(seen).toEqual(ids);

    const [thread = ""] = ids;
    for (let number = 1; number <= 5; number += 1) {
      await reader.api.post(`/api/v1/threads/${thread}/actions`, { raw_text: `echo ${number}` });
    }
    const page = async (query: string) => {
      const read = bodyOf(await reader.api.get(`/api/v1/threads/${thread}?${query}`), 200, ThreadSchema);
      const texts = read.thread_actions.map(({ action }) => action.raw_text);
      return { texts, first: read.thread_actions[0]?.display_order, more: read.has_earlier };
    };
    const last = await page("limit=2");
    expect(last).toMatchObject({ texts: ["echo 4", "echo 5"], more: true });
    const middle = await page(`limit=2&before=${last.first}`);
    expect(middle).toMatchObject({ texts: ["echo 2", "echo 3"], more: true });
    expect(await page(`limit=2&before=${middle.first}`)).toMatchObject({ texts: ["echo 1"], more: false });
    for (const query of ["limit=0", "limit=201", "limit=x", "before=x"]) {
      expectProblem(await reader.api.get(`/api/v1/threads?${query}`), "body_invalid");
      expectProblem(await reader.api.get(`/api/v1/threads/${thread}?${query}`), "body_invalid");
    }
  });

  it("changes what is given, an empty string too, and leaves the rest", async () => {
    const id = await newThread(person.api, "Before");
    const patch = async (body: object) =>
      bodyOf(await person.api.patch(`/api/v1/threads/${id}`, body), 200, ThreadSummarySchema);
    expect(await patch({ description: "d" })).toMatchObject({ title: "Before", description: "d" });
    expect(await patch({ title: "" })).toMatchObject({ title: "", description: "d" });
    expect(await patch({ description: "" })).toMatchObject({ title: "", description: "" });
    expect(await patch({})).toMatchObject({ title: "", description: "" });
    expectProblem(await person.api.patch(`/api/v1/threads/${id}`, { title: null }), "body_invalid");
    expectProblem(
      await person.api.patch(`/api/v1/threads/${id}`, { title: "x".repeat(201) }),
      "body_invalid",
    );

    const run = await person.api.post(`/api/v1/threads/${id}/actions`, { raw_text: "ping" });
    const action = bodyOf(run, 200, ActionSchema);
    const renamed = await person.api.patch(`/api/v1/actions/${action.id}`, { title: "" });
    expect(bodyOf(renamed, 200, ActionSchema).title).toBe("");
    const hidden = await person.api.patch(`/api/v1/threads/${id}/actions/${action.id}`, {
      show_answer: false,
    });
    expect(bodyOf(hidden, 200, ThreadActionSchema)).toMatchObject({
      show_question: true,
      show_answer: false,
    });
  });

  it("links an action to another thread, once, and takes it out again", async () => {
    const [from, to] = [await newThread(person.api), await newThread(person.api)];
    const run = await person.api.post(`/api/v1/threads/${from}/actions`, { raw_text: "ping" });
    const { id } = bodyOf(run, 200, ActionSchema);
    const link = `/api/v1/threads/${to}/actions/${id}`;
    expect(bodyOf(await person.api.put(link), 201, ThreadActionSchema)).toMatchObject({ thread_id: to });
    expectProblem(await person.api.put(link), "action_already_in_thread");
    expect((await person.api.delete(link)).status).toBe(204);
    expectProblem(await person.api.delete(link), "not_found");
    expect((await person.api.delete(`/api/v1/threads/${from}`)).status).toBe(204);
    expectProblem(await person.api.get(`/api/v1/threads/${from}`), "not_found");
    expect((await person.api.get(`/api/v1/actions/${id}`)).status).toBe(200);
    expect(bodyOf(await person.api.get(`/api/v1/actions/${id}/user`), 200, UserSchema).id).toBe(
      person.user.id,
    );
  });

  it("keeps settings of one's own for each command", async () => {
    const Settings = z.object({
      action_handler_name: z.string(),
      configuration: z.unknown(),
      updated_at: z.string().nullable(),
    });
    const path = "/api/v1/settings/roll";
    const none = bodyOf(await person.api.get(path), 200, Settings);
    expect(none).toEqual({ action_handler_name: "roll", configuration: {}, updated_at: null });
    const configuration = { colour: "red", nested: { list: [1, null, ""] } };
    expect(bodyOf(await person.api.put(path, configuration), 200, Settings)).toMatchObject({ configuration });
    expect(bodyOf(await person.api.put(path, { a: 1 }), 200, Settings).configuration).toEqual({ a: 1 });
    const stranger = await served().join();
    expect(bodyOf(await stranger.api.get(path), 200, Settings).configuration).toEqual({});
    expectProblem(await person.api.put(path, [1]), "body_invalid");
  });

  it("completes lines, and lists the commands with their arguments", async () => {
    const Candidates = z.object({ candidates: z.array(z.object({ value: z.string() })) });
    const found = await person.api.get("/api/v1/commands/complete?line=rol&cursor=3");
    expect(bodyOf(found, 200, Candidates).candidates).toContainEqual(
      expect.objectContaining({ value: "roll" }),
    );
    const List = z.object({ items: z.array(z.object({ path: z.array(z.string()) })) });
    const { items } = bodyOf(await person.api.get("/api/v1/commands"), 200, List);
    expect(items.map(({ path }) => path.join(" "))).toEqual(expect.arrayContaining(["help", "ping", "roll"]));
  });

  it("is administrators' alone where it concerns all people", async () => {
    const admin = await served().join({ admin: true });
    const email = `New.${person.email}`;
    const account = { email, password: "long enough", display_name: "New" };
    expectProblem(await person.api.get("/api/v1/users"), "permission_denied");
    expectProblem(await person.api.post("/api/v1/users", account), "permission_denied");
    const patch = { is_administrator: true };
    const own = `/api/v1/users/${person.user.id}`;
    expectProblem(await person.api.patch(own, patch), "permission_denied");
    expectProblem(await person.api.post("/api/v1/commands/admin-only", {}), "permission_denied");
    const made = bodyOf(await admin.api.post("/api/v1/users", account), 201, UserSchema);
    expect(made).toMatchObject({ email: email.toLowerCase(), is_administrator: false });
    expectProblem(await admin.api.post("/api/v1/users", account), "email_taken");
    expectProblem(await admin.api.patch(`/api/v1/users/${UNKNOWN_ID}`, {}), "not_found");
    expect((await admin.api.post("/api/v1/commands/admin-only", {})).status).toBe(200);
    const People = pageOf(UserSchema);
    const { items, next } = bodyOf(await admin.api.get("/api/v1/users?limit=1"), 200, People);
    const rest = bodyOf(await admin.api.get(`/api/v1/users?after=${next}`), 200, People);
    const emails = [...items, ...rest.items].map((user) => user.email);
    expect(emails).toEqual(expect.arrayContaining([person.email, admin.email, made.email]));
    expect(new Set(emails).size).toBe(emails.length);
  });
});

describe.each(stores())("looking for a thread on the $name store", (store) => {
  const { served } = useServedHall(store);

  it("finds text in titles, descriptions and typed lines, page by page, and only where one may look", async () => {
    const [person, other] = [await served().join(), await served().join()];
    const titled = await newThread(person.api, "The Salt Mine (50%)");
    const described = await newThread(person.api);
    await person.api.patch(`/api/v1/threads/${described}`, { description: "below the SALT mine" });
    const typed = await newThread(person.api);
    await person.api.post(`/api/v1/threads/${typed}/actions`, { raw_text: "roll 1d20 salt mine" });
    await newThread(person.api, "elsewhere");
    const found = async (api = person.api, query = "search=salt%20MINE") => {
      const page = bodyOf(await api.get(`/api/v1/threads?${query}`), 200, Threads);
      return { ids: page.items.map(({ id }) => id), next: page.next };
    };
    expect(await found()).toEqual({ ids: [typed, described, titled], next: null });
    const first = await found(person.api, "search=salt&limit=2");
    expect(first).toEqual({ ids: [typed, described], next: described });
    expect(await found(person.api, `search=salt&limit=2&before=${first.next}`)).toEqual({
      ids: [titled],
      next: null,
    });
    expect((await found(person.api, "search=50%25")).ids).toEqual([titled]);
    expect((await found(person.api, "search=%25")).ids).toEqual([titled]);
    expect((await found(person.api, "search=_")).ids).toEqual([]);
    expect((await found(other.api)).ids).toEqual([]);
    expectProblem(await person.api.get(`/api/v1/threads?search=${"x".repeat(201)}`), "body_invalid");
  });
});
