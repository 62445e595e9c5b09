import {
  answer,
  defineCommand,
  defineModule,
  defineRoute,
  moduleRef,
  plainText,
  type Module,
} from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Config } from "../src/kernel/config.ts";
import { newThread, serveHall, type ServedHall, type SignedInPerson } from "./http/support/serve-hall.ts";
import { stores, type TestDatabase } from "./support/stores.ts";

const command = (name: string) =>
  defineCommand({
    name,
    summary: "Say one's name",
    pure: true,
    *run() {
      yield plainText(`this is ${name}`);
    },
  });
const route = (path: string) =>
  defineRoute({ method: "GET", path, summary: "Say one's path", handle: () => answer(200, { path }) });

/** A module that brings a command of its name, and what else it is given. */
const moduleOf = (
  name: string,
  more: { commands?: string[]; paths?: string[]; needs?: string[] } = {},
): Module =>
  defineModule({
    name,
    summary: "Brings what it is told to",
    dependencies: Object.fromEntries((more.needs ?? []).map((needed) => [needed, moduleRef(needed)])),
    initialize: () => ({
      commands: [command(name), ...(more.commands ?? []).map(command)],
      routes: [route(`/${name}/self`), ...(more.paths ?? []).map(route)],
    }),
  });

const circle = ["c-one", "c-two", "c-three", "c-four", "c-five"];

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe("modules that cannot live with the others", () => {
  let database: TestDatabase;
  let served: ServedHall;
  let ann: SignedInPerson;
  beforeAll(async () => {
    database = await store.createDatabase();
    served = await serveHall({
      url: database.url,
      modules: [
        moduleOf("good", { commands: ["shared"], paths: ["/good/shared"] }),
        moduleOf("claims-command", { commands: ["shared"] }),
        moduleOf("claims-route", { paths: ["/good/shared"] }),
        moduleOf("claims-the-halls", { paths: ["/api/v1/threads"] }),
        moduleOf("huge", { commands: Array.from({ length: 10_000 }, (_, index) => `huge-${index}`) }),
        ...circle.map((name, index) =>
          moduleOf(name, { needs: [circle[(index + 1) % circle.length] ?? ""] }),
        ),
        moduleOf("on-the-circle", { needs: ["c-one"] }),
        defineModule({
          name: "picky",
          summary: "Has a setting",
          config: z.object({ size: z.int().default(1) }),
          initialize: () => ({}),
        }),
      ],
      config: new Config({ environment: { GUILDHALL_PICKY__SIZE: "enormous" }, filePath: undefined }),
    });
    ann = await served.join();
  });
  afterAll(async () => {
    await served?.stop();
    await database.drop();
  });
  const reasons = () =>
    new Map(
      served.hall.modules.reports.map(({ name, state, reason }) => [name, state === "started" ? "" : reason]),
    );
  const answerTo = async (line: string) => {
    const action = await ann.api.post(`/api/v1/threads/${await newThread(ann.api)}/actions`, {
      raw_text: line,
    });
    return action.text;
  };

  it.each<[name: string, reason: RegExp]>([
    ["claims-command", /"shared".*good.*claims-command|good.*claims-command.*"shared"/],
    ["claims-route", /"good" and "claims-route" both declare the route GET \/good\/shared/],
    ["claims-the-halls", /\/api\/v1\/threads/],
    ["picky", /GUILDHALL_PICKY__SIZE cannot be used/],
    ["c-one", /c-one.*c-two.*c-three.*c-four.*c-five.*c-one/],
    ["on-the-circle", /Missing dependencies: \[.*c-one.*\]/],
  ])("%s is told why it does not run, by name", (name, reason) => {
    expect(reasons().get(name)).toMatch(reason);
  });

  it("leave everybody else as they were", async () => {
    expect(reasons().get("good")).toBe("");
    expect(await answerTo("shared")).toContain("this is shared");
    expect(JSON.parse((await served.api.get("/good/shared")).text)).toEqual({ path: "/good/shared" });
    // Of one that was refused nothing stays: neither its other command nor its other route.
    expect(await answerTo("claims-route")).toContain('"code":"degraded"');
    expect((await served.api.get("/claims-route/self")).status).toBe(404);
    expect((await served.api.get("/claims-command/self")).status).toBe(404);
  });

  it("10,000 commands are a module like any other", async () => {
    expect(reasons().get("huge")).toBe("");
    expect(await answerTo("huge-9999")).toContain("this is huge-9999");
    expect(await answerTo("good")).toContain("this is good");
  });
});
