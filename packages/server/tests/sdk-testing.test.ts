import {
  answer,
  CommandError,
  defineCommand,
  defineModule,
  defineRoute,
  defineTable,
  integer,
  moduleRef,
  plainText,
  rest,
  uuid,
  varchar,
} from "@guildhall/sdk";
import { openMemoryHall, SeededRandom, startModule } from "@guildhall/sdk/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const words = defineTable("words", { id: uuid().primaryKey(), word: varchar().unique() });

const greeter = defineModule({
  name: "greeter",
  summary: "Greets",
  config: z.object({ greeting: z.string().default("hello") }),
  tables: [words],
  initialize: ({ config, store, clock, random, log }) => ({
    api: { greet: (name: string) => `${config.greeting} ${name}` },
    commands: [
      defineCommand({
        name: "greet",
        summary: "Greet so many times",
        arguments: { times: integer("how often", { min: 1, max: 3 }) },
        *run({ times }, { user }) {
          if (times === 3) throw new CommandError("That is too often.", { code: "too_often" });
          for (let index = 0; index < times; index += 1)
            yield plainText(`${config.greeting} ${user.displayName}`);
        },
      }),
      defineCommand({
        name: "learn",
        summary: "Keep a word with the record",
        arguments: { word: rest("which") },
        async *run({ word }, context) {
          context.withRecord(words, { id: store.newId(), word });
          context.afterRecord(async () => log.info({ known: (await store.find(words)).length }, "learnt"));
          if (word === "no") throw new CommandError("Not that one.");
          yield plainText(word);
        },
      }),
      defineCommand({
        name: "when",
        summary: "The time and a number",
        *run() {
          yield plainText(`${clock.now().toISOString()} ${random.integer(1, 1000)}`);
        },
      }),
    ],
    routes: [
      defineRoute({
        method: "POST",
        path: "/greeter/words/:kind",
        summary: "Keep a word",
        requireAuth: true,
        parameters: z.object({ kind: z.string() }),
        body: z.object({ word: z.string() }),
        handle: async ({ body, user, parameters }) => {
          await store.insert(words, { id: store.newId(), word: body.word });
          return answer(200, { word: body.word, by: user.displayName, kind: parameters.kind });
        },
      }),
    ],
    healthCheck: async () => ({ status: (await store.isConnected()) ? "healthy" : "unhealthy" }),
  }),
});

describe("a hall in memory", () => {
  it("reads lines, runs commands and compares what they say", async () => {
    const hall = await openMemoryHall({ modules: [greeter], config: { greeter: { greeting: "hi" } } });
    await hall.expectReply("greet 2", "hi Ada\nhi Ada");
    await expect(hall.expectReply("greet 1", "bye")).rejects.toThrow(/was answered\s+hi Ada/);
    expect((await hall.send("greet 3")).error).toEqual({ code: "too_often", message: "That is too often." });
    expect((await hall.send("greet 9")).error?.code).toBe("line_invalid");
    expect((await hall.send("greet -h")).text).toContain("Greet so many times");
    await hall.close();
  });

  it("keeps the rows that go with a record before it does what comes after", async () => {
    const hall = await openMemoryHall({ modules: [greeter] });
    await hall.send("learn yes");
    await hall.send("learn no");
    const { store, log } = hall.modules.get("greeter") ?? {};
    expect((await store?.find(words))?.map(({ word }) => word)).toEqual(["yes", "no"]);
    expect(log?.lines).toMatchObject([{ facts: { known: 1 } }, { facts: { known: 2 } }]);
    await hall.close();
  });

  it("has a clock that moves when told, and randomness that its seed decides", async () => {
    const say = async (seed: number) => {
      const hall = await openMemoryHall({ modules: [greeter], seed });
      const first = (await hall.send("when")).text;
      hall.clock.advance(60_000);
      return [first, (await hall.send("when")).text];
    };
    const [first, second] = await say(7);
    expect(first).toMatch(/^2026-03-01T12:00:00/);
    expect(second).toMatch(/^2026-03-01T12:01:00/);
    expect(await say(7)).toEqual([first, second]);
    expect(await say(8)).not.toEqual([first, second]);
  });

  it("asks routes as the hall does", async () => {
    const hall = await openMemoryHall({ modules: [greeter] });
    const post = async (body: Record<string, string>, token?: string) =>
      await hall.request("POST", "/greeter/words/short", { body, ...(token === undefined ? {} : { token }) });
    expect(await post({ word: "a" })).toEqual(
      answer(401, { error: "Missing or invalid authorization header" }),
    );
    expect(await post({ word: "a" }, "other")).toEqual(answer(401, { error: "Invalid token" }));
    expect(await post({}, hall.token)).toEqual(
      answer(400, { success: false, error: "Missing required field: word" }),
    );
    expect(await post({ word: "a" }, hall.token)).toEqual(
      answer(200, { word: "a", by: "Ada", kind: "short" }),
    );
    await expect(post({ word: "a" }, hall.token)).rejects.toThrow(/duplicate key/);
    await expect(hall.request("GET", "/greeter/none")).rejects.toThrow(
      "no module has the route GET /greeter/none",
    );
  });

  it("gives a dependant what its dependency offers, in the order of the list", async () => {
    const guest = defineModule({
      name: "guest",
      summary: "Is greeted",
      dependencies: { greeter: moduleRef<{ greet(name: string): string }>("greeter") },
      initialize: ({ dependencies }) => ({
        commands: [
          defineCommand({
            name: "arrive",
            summary: "Arrive",
            *run() {
              yield plainText(dependencies.greeter.greet("guest"));
            },
          }),
        ],
      }),
    });
    const hall = await openMemoryHall({ modules: [greeter, guest] });
    await hall.expectReply("arrive", "hello guest");
    await expect(openMemoryHall({ modules: [guest] })).rejects.toThrow(/needs "greeter" to stand before it/);
  });
});

describe("a module by itself", () => {
  it("starts with everything in memory, and its store can be taken away", async () => {
    const started = await startModule(greeter);
    expect(await started.health()).toEqual({ status: "healthy" });
    started.store.fault = new Error("away");
    expect(await started.health()).toEqual({ status: "unhealthy" });
  });

  it("draws whole numbers evenly", () => {
    const random = new SeededRandom(3);
    const counts = new Map<number, number>();
    for (let index = 0; index < 6000; index += 1) {
      const value = random.integer(1, 6);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6]);
    // Six standard deviations of a count of 1,000.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(175);
    expect(() => random.integer(2, 1)).toThrow(RangeError);
  });
});
