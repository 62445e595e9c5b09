import { defineModule } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { useServedHall } from "./support/serve-hall.ts";

const List = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      schema: z.looseObject({ properties: z.record(z.string(), z.looseObject({})) }),
      values: z.record(z.string(), z.unknown()),
      updated_at: z.string().nullable(),
    }),
  ),
});

const tavern = defineModule({
  name: "tavern",
  summary: "Where one meets",
  settings: {
    user: z.object({
      greeting: z.string().max(20).default("Hail!").describe("What the keeper says to you"),
      mugs: z.int().min(1).max(9).default(1),
      seats: z.object({ table: z.enum(["window", "fire"]).default("fire") }).default({ table: "fire" }),
    }),
  },
  initialize: () => ({}),
});
const plain = defineModule({ name: "plain", summary: "Nothing to choose", initialize: () => ({}) });

describe.each(stores())("one's settings on the $name store", (store) => {
  const { served } = useServedHall(store, { modules: [tavern, plain] });
  const PLACE = "/api/v1/settings";

  it("are offered with their schema and defaults, for modules that have some", async () => {
    const person = await served().join();
    const { items } = bodyOf(await person.api.get(PLACE), 200, List);
    expect(items.map(({ name }) => name)).toEqual(["tavern"]);
    expect(items[0]).toMatchObject({
      summary: "Where one meets",
      values: { greeting: "Hail!", mugs: 1, seats: { table: "fire" } },
      updated_at: null,
    });
    expect(items[0]?.schema.properties).toMatchObject({
      greeting: { type: "string", maxLength: 20, description: "What the keeper says to you" },
      mugs: { type: "integer", minimum: 1, maximum: 9, default: 1 },
    });
  });

  it("are kept for their own person, and merged with the defaults", async () => {
    const [person, other] = [await served().join(), await served().join()];
    expect((await person.api.put(`${PLACE}/tavern`, { mugs: 3 })).status).toBe(200);
    const [mine] = bodyOf(await person.api.get(PLACE), 200, List).items;
    expect(mine?.values).toEqual({ greeting: "Hail!", mugs: 3, seats: { table: "fire" } });
    expect(mine?.updated_at).not.toBeNull();
    expect(bodyOf(await other.api.get(PLACE), 200, List).items[0]?.values).toMatchObject({ mugs: 1 });
  });

  it("that cannot be taken are refused, each with its own reason, and nothing is changed", async () => {
    const person = await served().join();
    await person.api.put(`${PLACE}/tavern`, { mugs: 2 });
    const wrong = { mugs: 99, greeting: 7, seats: { table: "roof" }, "a/b": 1 };
    const problem = expectProblem(await person.api.put(`${PLACE}/tavern`, wrong), "setting_invalid");
    const errors = z.array(z.object({ path: z.string(), message: z.string() })).parse(problem["errors"]);
    expect(errors.map(({ path }) => path).toSorted()).toEqual([
      "/a~1b",
      "/greeting",
      "/mugs",
      "/seats/table",
    ]);
    for (const { message } of errors) expect(message).toMatch(/\w/);
    expect(bodyOf(await person.api.get(PLACE), 200, List).items[0]?.values).toMatchObject({ mugs: 2 });
  });

  it("that no longer fit count as not chosen", async () => {
    const person = await served().join();
    await served().hall.data.setActionHandlerUserConfig(person.user.id, "tavern", {
      mugs: "many",
      greeting: "Ho",
    });
    const [mine] = bodyOf(await person.api.get(PLACE), 200, List).items;
    expect(mine?.values).toEqual({ greeting: "Ho", mugs: 1, seats: { table: "fire" } });
  });

  it("are for whoever is signed in", async () => {
    expectProblem(await served().api.get(PLACE), "signed_out");
  });
});
