import {
  choice,
  defineCommand,
  flag,
  integer,
  number,
  option,
  rest,
  text,
  type Command,
} from "@guildhall/sdk";
import { DiscordTestServer } from "@guildhall/chat-test-servers";
import { ApplicationCommandOptionType as Option } from "discord-api-types/v10";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandRegistry } from "../../commands/command-registry.ts";
import { applicationCommands, type ApplicationCommand } from "./application-commands.ts";

const nothing = () => [];

function registryOf(...commands: readonly Command[]): CommandRegistry {
  const registry = new CommandRegistry();
  for (const command of commands) registry.add(command, { module: "test" });
  return registry;
}

function only(...commands: readonly Command[]): ApplicationCommand | undefined {
  return applicationCommands(registryOf(...commands)).commands[1];
}

const leaf = (name: string) => defineCommand({ name, summary: `Do ${name}`, run: nothing });

describe("a command becomes an application command", () => {
  it("with typed options, bounds and choices, the required ones first", () => {
    const command = only(
      defineCommand({
        name: "roll",
        summary: "Roll dice",
        arguments: {
          expression: text("what to roll", { maxLength: 200 }),
          purpose: rest("what for"),
          times: option("-n", integer("how often", { min: 1, max: 10, default: 1 })),
          bonus: option(undefined, number("to add", { optional: true })),
          mode: option(undefined, choice("how", ["plain", "secret"])),
          rerollOnes: flag("-1", "reroll ones"),
        },
        run: nothing,
      }),
    );
    expect(command).toMatchObject({ name: "roll", description: "Roll dice", type: 1, contexts: [0, 1] });
    expect(command?.options).toEqual([
      {
        type: Option.String,
        name: "expression",
        description: "what to roll",
        required: true,
        max_length: 200,
      },
      { type: Option.String, name: "purpose", description: "what for", required: false, max_length: 6000 },
      {
        type: Option.Integer,
        name: "times",
        description: "how often",
        required: false,
        min_value: 1,
        max_value: 10,
      },
      { type: Option.Number, name: "bonus", description: "to add", required: false },
      {
        type: Option.String,
        name: "mode",
        description: "how",
        required: false,
        choices: [
          { name: "plain", value: "plain" },
          { name: "secret", value: "secret" },
        ],
      },
      { type: Option.Boolean, name: "reroll_ones", description: "reroll ones", required: false },
    ]);
  });

  it("completes while typing where there are more choices than Discord lists", () => {
    const words = ["word", ...Array.from({ length: 25 }, (_, n) => `word-${n}`)] as const;
    const command = only(
      defineCommand({
        name: "pick",
        summary: "Pick",
        arguments: { word: choice("which", words) },
        run: nothing,
      }),
    );
    expect(command?.options).toMatchObject([{ name: "word", autocomplete: true }]);
    expect(command?.options?.[0]).not.toHaveProperty("choices");
  });

  it("with sub-commands and groups; a group that runs itself stands among them as run", () => {
    const command = only(
      defineCommand({
        name: "character",
        summary: "Your character",
        run: nothing,
        commands: [
          defineCommand({
            name: "hp",
            summary: "Hit points",
            run: nothing,
            commands: [leaf("heal"), leaf("harm")],
          }),
          leaf("list"),
        ],
      }),
    );
    expect(command?.options).toMatchObject([
      { name: "run", type: Option.Subcommand, description: "Your character" },
      {
        name: "hp",
        type: Option.SubcommandGroup,
        options: [{ name: "run" }, { name: "harm" }, { name: "heal" }],
      },
      { name: "list", type: Option.Subcommand },
    ]);
  });

  it("takes a typed line where Discord's form is too small, and says why", () => {
    const deep = defineCommand({
      name: "one",
      summary: "Deep",
      commands: [
        defineCommand({
          name: "two",
          summary: "Deeper",
          commands: [defineCommand({ name: "three", summary: "Deepest", commands: [leaf("four")] })],
        }),
      ],
    });
    const wide = defineCommand({
      name: "wide",
      summary: "Wide",
      commands: Array.from({ length: 26 }, (_, n) => leaf(`sub-${n}`)),
    });
    const { commands, limitations } = applicationCommands(registryOf(deep, wide));
    expect(commands.slice(1)).toMatchObject([
      { name: "one", options: [{ name: "line", autocomplete: true, required: false }] },
      { name: "wide", options: [{ name: "line" }] },
    ]);
    expect(limitations).toEqual([
      { path: ["one"], reason: expect.stringContaining("three words") },
      { path: ["wide"], reason: expect.stringContaining("25 sub-commands") },
    ]);
  });

  it("is reached by the master command alone when there are more than 100", () => {
    const { commands, limitations } = applicationCommands(
      registryOf(...Array.from({ length: 120 }, (_, n) => leaf(`c-${n}`)), leaf("hall")),
    );
    expect(commands).toHaveLength(100);
    expect(commands[0]).toMatchObject({ name: "hall", options: [{ name: "line", required: true }] });
    expect(limitations).toHaveLength(22);
  });
});

describe("whatever modules declare", () => {
  let discord: DiscordTestServer;
  beforeAll(async () => {
    discord = await DiscordTestServer.start();
  });
  afterAll(() => discord.stop());

  it("Discord takes it", () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/), {
      minLength: 1,
      maxLength: 30,
    });
    const summaries = fc.string({ unit: "grapheme", maxLength: 150 });
    const leaves = fc
      .tuple(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/),
        summaries,
        fc.uniqueArray(fc.stringMatching(/^[a-z][A-Za-z]{0,40}$/), {
          maxLength: 30,
          selector: (n) => n.toLowerCase(),
        }),
        words,
      )
      .map(([name, summary, names, choices]) =>
        defineCommand({
          name,
          summary,
          arguments: Object.fromEntries(
            names.map((each, index) => [
              each,
              index === 0 ? text(summary) : option(undefined, choice(summary, ["always", ...choices])),
            ]),
          ),
          run: nothing,
        }),
      );
    const { tree } = fc.letrec<{ tree: Command }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaves,
        fc
          .tuple(
            fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
            fc.uniqueArray(tie("tree"), { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
          )
          .map(([name, commands]) => defineCommand({ name, summary: name, commands, run: nothing })),
      ),
    }));
    const forests = fc.uniqueArray(tree, { maxLength: 6, selector: ({ name }) => name });
    fc.assert(
      fc.property(forests, (commands) => {
        const made = applicationCommands(registryOf(...commands)).commands;
        expect(() => discord.world.replaceCommands([...made])).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });
});
