import { DiscordTestServer } from "@guildhall/chat-test-servers";
import { choice, defineCommand, flag, integer, rest, text, type Command } from "@guildhall/sdk";
import { ApplicationCommandType, type APIApplicationCommand } from "discord-api-types/v10";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandRegistry } from "../../commands/command-registry.ts";
import { applicationCommands, type ApplicationCommand } from "./application-commands.ts";
import { describePlan, planRegistration } from "./registration-plan.ts";

let discord: DiscordTestServer;
beforeAll(async () => {
  discord = await DiscordTestServer.start();
});
afterAll(() => discord.stop());

function wantedOf(...commands: readonly Command[]): readonly ApplicationCommand[] {
  const registry = new CommandRegistry();
  for (const command of commands) registry.add(command, { module: "test" });
  return applicationCommands(registry).commands;
}

const roll = (given: { summary?: string; times?: number } = {}) =>
  defineCommand({
    name: "roll",
    summary: given.summary ?? "Roll dice",
    arguments: {
      expression: text("what to roll"),
      mode: choice("how", ["plain", "secret"], { optional: true }),
      times: integer("how often", { optional: true, min: 1, max: given.times ?? 10 }),
      purpose: rest("what for"),
      loud: flag("-l", "loudly"),
    },
    run: () => [],
  });

function plan(
  held: readonly APIApplicationCommand[],
  wanted: readonly ApplicationCommand[],
  { prune = false, inGuild = false } = {},
) {
  return planRegistration({ held, wanted, prune, inGuild });
}

describe.each([undefined, "900000000000000001"])("a plan of registration (guild %s)", (guildId) => {
  const inGuild = guildId !== undefined;
  const register = (wanted: readonly ApplicationCommand[]): readonly APIApplicationCommand[] => {
    const { body } = plan([], wanted, { inGuild });
    return discord.world.replaceCommands(body ?? [], guildId);
  };

  it("writes nothing when Discord holds what is wanted, whatever Discord added or left out", () => {
    const held = register(wantedOf(roll()));
    const { body, unchanged } = plan(held, wantedOf(roll()), { inGuild });
    expect(body).toBeUndefined();
    expect(unchanged).toEqual(["hall", "roll"]);
  });

  it("names each place that differs", () => {
    const held = register(wantedOf(roll()));
    const made = plan(held, wantedOf(roll({ summary: "Roll many dice", times: 20 })), { inGuild });
    expect(made.changed).toEqual([
      {
        name: "roll",
        differences: [
          { place: "roll.description", held: '"Roll dice"', wanted: '"Roll many dice"' },
          { place: "roll.options.times.max_value", held: "10", wanted: "20" },
        ],
      },
    ]);
    expect(describePlan(made).at(-1)).toBe("0 to add, 1 to change, 0 to remove, 1 unchanged");
  });

  it("keeps what it does not know, and takes it away only when pruning", () => {
    const held = [...register([...wantedOf(roll()), { name: "foreign", description: "of another program" }])];
    expect(plan(held, wantedOf(roll()), { inGuild }).body).toBeUndefined();
    const added = plan(
      held,
      wantedOf(roll(), defineCommand({ name: "new", summary: "New", run: () => [] })),
      {
        inGuild,
      },
    );
    expect(added).toMatchObject({ added: ["new"], kept: ["foreign"], removed: [] });
    expect(added.body?.map(({ name }) => name)).toContain("foreign");
    const pruned = plan(held, wantedOf(roll()), { prune: true, inGuild });
    expect(pruned).toMatchObject({ removed: ["foreign"], kept: [] });
    expect(pruned.body?.map(({ name }) => name)).toEqual(["hall", "roll"]);
  });

  it("never takes away a context menu or an activity's entry point", () => {
    const entry = {
      name: "launch",
      description: "",
      type: ApplicationCommandType.PrimaryEntryPoint as const,
    };
    const held = discord.world.replaceCommands([entry], guildId);
    const made = plan(held, wantedOf(roll()), { prune: true, inGuild });
    expect(made).toMatchObject({ removed: [], kept: ["launch"] });
    expect(made.body).toContainEqual(expect.objectContaining({ name: "launch", type: 4 }));
  });
});

describe("each compared field", () => {
  const base: ApplicationCommand = {
    name: "c",
    description: "d",
    type: 1,
    contexts: [0],
    options: [{ type: 3, name: "o", description: "d" }],
  };
  const heldOf = (change: Partial<ApplicationCommand>): readonly APIApplicationCommand[] =>
    discord.world.replaceCommands([{ ...base, ...change }]);

  it.each<[string, Partial<ApplicationCommand>]>([
    ["description", { description: "other" }],
    ["default_member_permissions", { default_member_permissions: "8" }],
    ["nsfw", { nsfw: true }],
    ["contexts", { contexts: [0, 1] }],
    ["integration_types", { integration_types: [1] }],
    ["options", { options: [] }],
    ["options.o.type", { options: [{ type: 5, name: "o", description: "d" }] }],
    ["options.o.description", { options: [{ type: 3, name: "o", description: "other" }] }],
    ["options.o.required", { options: [{ type: 3, name: "o", description: "d", required: true }] }],
    ["options.o.autocomplete", { options: [{ type: 3, name: "o", description: "d", autocomplete: true }] }],
    [
      "options.o.choices",
      { options: [{ type: 3, name: "o", description: "d", choices: [{ name: "a", value: "a" }] }] },
    ],
    ["options.o.max_length", { options: [{ type: 3, name: "o", description: "d", max_length: 5 }] }],
    ["options.o.min_length", { options: [{ type: 3, name: "o", description: "d", min_length: 5 }] }],
  ])("%s makes a difference of its own", (place, change) => {
    const { changed } = plan(heldOf({}), [{ ...base, ...change }]);
    expect(changed.flatMap(({ differences }) => differences.map((each) => each.place))).toEqual([
      `c.${place}`,
    ]);
    expect(plan(heldOf(change), [{ ...base, ...change }]).body).toBeUndefined();
  });
});
