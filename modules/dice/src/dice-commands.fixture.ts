import type { CharactersApi, PlayedCharacter } from "@guildhall/characters";
import type { Chunk, Command, CommandContext, Logger } from "@guildhall/sdk";
import { startModule } from "@guildhall/sdk/testing";
import { dice } from "./index.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const random = { integer: (_low: number, high: number) => high };
const clock = { now: () => new Date(0) };

const ada: PlayedCharacter = {
  id: 1,
  name: "Ada",
  system: "dnd5",
  initiative: "1d20+2",
  variable: (name) => (name === "str" ? 3 : undefined),
  namedRoll: (words) =>
    words.toLowerCase() === "dex save"
      ? { label: "dex save", expression: "1d20+4", target: null }
      : undefined,
};

/** One person has a character: Ada, with `str` and a `dex save`. */
export const characters: CharactersApi = {
  find: async ({ userId }) => (userId === "1" ? ada : undefined),
};

/** The module's commands by their names; the dice show their highest faces. */
export async function diceCommands(settings: Record<string, unknown> = {}): Promise<Map<string, Command>> {
  const { parts } = await startModule(dice, { config: settings, dependencies: { characters }, random });
  return new Map(((parts || undefined)?.commands ?? []).map((command) => [command.name, command]));
}

const context: CommandContext = {
  user: { id: "1", email: "a@example.org", displayName: "Anna", isAdministrator: false },
  action: { id: "1", attempt: 1 },
  threadId: "1",
  place: { adapter: "slack", platform: "slack", workspaceId: "T1", channelId: "C1", isPrivate: false },
  signal: new AbortController().signal,
  clock,
  random,
  log: silent,
  withRecord: () => {},
  afterRecord: () => {},
  handOver: () => Promise.reject(new Error("a pure command cannot hand over")),
};

const FLAGS = {
  purpose: "",
  advantage: false,
  disadvantage: false,
  rerollOnes: false,
  rerollTwos: false,
  whole: false,
};

/** What a command puts out in a channel of Slack, or by another way in. */
export async function outputOf(
  command: Command | undefined,
  values: Record<string, unknown>,
  adapter = "slack",
): Promise<Chunk[]> {
  const place = { ...context.place, adapter };
  return await Array.fromAsync(command?.run?.(values, { ...context, place }) ?? []);
}

/** What `roll` puts out, or the command with the name given; arguments that are left out have their defaults. */
export async function run(
  given: {
    readonly name?: string;
    readonly of?: Map<string, Command>;
    readonly adapter?: string;
  } & Record<string, unknown>,
): Promise<Chunk[]> {
  const { name = "roll", of = await diceCommands(), adapter, ...values } = given;
  const defaults = name === "odds" ? { further: "" } : FLAGS;
  return await outputOf(of.get(name), { ...defaults, ...values }, adapter);
}

/** A chunk's text. @throws Error when it has none */
export function textOf(chunk: Chunk | undefined): string {
  if (!chunk || !("text" in chunk)) throw new Error("no text");
  return chunk.text;
}

/** What the chunk of this type says to programs. */
export function dataOf(chunks: readonly Chunk[], mime: string): unknown {
  return JSON.parse(textOf(chunks.find((chunk) => chunk.mime === mime)));
}
