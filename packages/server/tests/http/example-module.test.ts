import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { connectionApi } from "@guildhall/connection-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { myNewModule } from "../../../../examples/my-module/index.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../src/data/embedded/embedded-postgres.ts";
import { Config } from "../../src/kernel/config.ts";
import { silentLog } from "../support/silent-log.ts";
import { TestClock } from "../support/test-hall.ts";
import { serveHall, type ServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const Created = z.object({ id: z.string() });
const Tokens = z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.number() });

describe("the guide's module and the module that it depends on (requirements C-9 to C-18)", () => {
  const clock = new TestClock();
  let folder: string;
  let store: EmbeddedPostgres;
  let served: ServedHall;
  let ann: SignedInPerson;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-example-"));
    store = await startEmbeddedPostgres({ folder, log: silentLog });
    served = await serveHall({
      url: store.url,
      modules: [myNewModule, connectionApi],
      clock,
      config: new Config({
        environment: {
          GUILDHALL_MY_NEW_MODULE__BATCH_SIZE: "3",
          GUILDHALL_MY_NEW_MODULE__FEATURES: "",
        },
        filePath: undefined,
        savedPath: path.join(folder, "modules.yaml"),
      }),
    });
    ann = await served.join({ name: "ann" });
  });
  afterAll(async () => {
    await served?.stop();
    await store?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const get = async (place: string, authorization?: string) => {
    const answer = await fetch(`${served.origin}${place}`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    return { status: answer.status, body: JSON.parse(await answer.text()) as unknown };
  };
  const post = async (place: string, body: unknown) => {
    const answer = await fetch(`${served.origin}${place}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: JSON.parse(await answer.text()) as unknown };
  };

  it("C-9: tells what it is", async () => {
    expect(await get("/my-module/info")).toEqual({
      status: 200,
      body: {
        module: "my_new_module",
        status: "active",
        initialized_at: clock.now().toISOString(),
        dependencies: ["connection_api"],
      },
    });
  });

  it("C-10, C-11, C-14: keeps what it is sent, and lists it from the cache until it changes", async () => {
    expect(await get("/my-module/data")).toEqual({
      status: 200,
      body: { success: true, data: [], count: 0 },
    });
    const made = await post("/my-module/data", { name: "rope", metres: 20 });
    expect(made).toEqual({
      status: 200,
      body: { success: true, id: expect.any(String), message: "Data created successfully" },
    });
    const { id } = Created.parse(made.body);
    const listed = {
      status: 200,
      body: {
        success: true,
        data: [
          { id, name: "rope", metres: 20, created_at: clock.now().toISOString(), module: "my_new_module" },
        ],
        count: 1,
      },
    };
    expect(await get("/my-module/data")).toEqual(listed);

    // Behind the module's back: what was remembered is answered for 300 s.
    await served.hall.database.pool.query("update module_connection_api.records set active = false");
    clock.advance(299_000);
    expect(await get("/my-module/data")).toEqual(listed);
    clock.advance(2000);
    expect(await get("/my-module/data")).toMatchObject({ body: { count: 0 } });
  });

  it("C-11: refuses an item without a name, and one that is none", async () => {
    expect(await post("/my-module/data", { metres: 20 })).toEqual({
      status: 400,
      body: { success: false, error: "Missing required field: name" },
    });
    expect(await post("/my-module/data", { name: 7 })).toMatchObject({
      status: 400,
      body: { success: false, error: expect.stringContaining("field name") },
    });
    expect(await post("/my-module/data", [])).toMatchObject({ status: 400, body: { success: false } });
  });

  it("C-16: lists as many as it was set to, newest first", async () => {
    for (const name of ["one", "two", "three", "four"]) {
      clock.advance(1000);
      await post("/my-module/data", { name });
    }
    const names = ["four", "three", "two"].map((name) => expect.objectContaining({ name }));
    expect(await get("/my-module/data")).toMatchObject({ body: { data: names, count: 3 } });
  });

  it("C-13: greets who is signed in, and says why nobody else", async () => {
    const missing = { status: 401, body: { error: "Missing or invalid authorization header" } };
    expect(await get("/my-module/protected")).toEqual(missing);
    expect(await get("/my-module/protected", "Basic YTpi")).toEqual(missing);
    expect(await get("/my-module/protected", "Bearer nonsense")).toEqual({
      status: 401,
      body: { error: "Invalid token" },
    });
    expect(await get("/my-module/protected", `Bearer ${ann.token}`)).toEqual({
      status: 200,
      body: { message: `Hello user ${ann.user.id}` },
    });
  });

  it("C-15: keeps everybody's own notes", async () => {
    const bob = await served.createPerson("bob@example.org");
    const cat = await served.createPerson("cat@example.org");
    await served.finish(bob, "my-note add buy rope");
    clock.advance(1000);
    await served.finish(bob, "my-note add *sell* rope");
    const textOf = async (person: typeof bob) =>
      (await served.finish(person, "my-note list")).response_chunks;
    expect(JSON.stringify(await textOf(bob))).toMatch(/sell.*rope.*buy rope/);
    expect(JSON.stringify(await textOf(cat))).toContain("You have no notes.");
  });

  it("C-17: measures its work", async () => {
    const text = await (await fetch(`${served.origin}/metrics`)).text();
    expect(text).toMatch(/my_new_module_requests_total [1-9]/);
    expect(text).toMatch(/my_new_module_request_duration\w*_count [1-9]/);
  });

  it("C-18: gives fresh tokens for a refresh token, once", async () => {
    expect(await get("/connection-api/info")).toEqual({
      status: 200,
      body: { message: "Connection API", version: "2.0", module: "connection_api" },
    });
    expect(await post("/auth/refresh", {})).toEqual({
      status: 400,
      body: { success: false, error: "Missing required field: refresh_token" },
    });
    expect(await post("/auth/refresh", { refresh_token: "nonsense" })).toEqual({
      status: 401,
      body: { error: "Invalid refresh token" },
    });
    const fresh = await post("/auth/refresh", { refresh_token: ann.refreshToken });
    expect(fresh.status).toBe(200);
    const { access_token } = Tokens.parse(fresh.body);
    expect(await get("/my-module/protected", `Bearer ${access_token}`)).toMatchObject({ status: 200 });
    expect((await post("/auth/refresh", { refresh_token: ann.refreshToken })).status).toBe(401);
  });

  it("C-12: says how it is, also while the store is away, and C-10, C-11: fails with 500 then", async () => {
    const { status, body } = await get("/modules/my_new_module/health");
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        status: "healthy",
        module: "my_new_module",
        database_connection: true,
        dependencies_available: true,
        uptime_seconds: expect.any(Number),
        last_check: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
    // So long that what is remembered of the list and of the health is forgotten.
    clock.advance(3_600_000);
    await store.stop();
    const failed = { status: 500, body: { success: false, error: expect.any(String) } };
    expect(await post("/my-module/data", { name: "late" })).toEqual(failed);
    expect(await get("/my-module/data")).toEqual(failed);
    await expect
      .poll(async () => await get("/modules/my_new_module/health"), { timeout: 10_000 })
      .toMatchObject({
        status: 503,
        body: { status: "unhealthy", module: "my_new_module", database_connection: false },
      });
  });
});
