import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { InteractionType } from "discord-api-types/v10";
import type { DiscordApi } from "../../src/adapters/discord/discord-api.ts";

/** A file beside this one, or in the adapter's folder, and the beginning of a test's name in it. */
type Proof = readonly [file: string, test: string];

const ANSWERS = "answers.test.ts";
const INTERACTIONS = "interactions.test.ts";
const CHANNELS = "channels.test.ts";
const REGISTER = "register.test.ts";
const GATEWAY = "gateway.test.ts";
const REPLACED = "../adapters/replaced-messages.test.ts";
const REST = "../../src/adapters/discord/discord-rest-api.test.ts";

/** Every call that the adapter makes to Discord. */
const OUTBOUND: Readonly<Record<keyof DiscordApi, Proof>> = {
  answer: [GATEWAY, "brings interactions where Discord knows no address"],
  editOriginal: [ANSWERS, "is deferred, edited and followed up"],
  followUp: [ANSWERS, "is deferred, edited and followed up"],
  editFollowUp: [ANSWERS, "is deferred, edited and followed up"],
  createMessage: [ANSWERS, "goes on in the channel before the token ends"],
  editMessage: [ANSWERS, "goes on in the channel before the token ends"],
  deleteMessage: [REPLACED, "goes from Discord"],
  directChannel: [ANSWERS, "goes on in the channel before the token ends"],
  ownUserId: [CHANNELS, "tell the last activity"],
  listGuilds: [CHANNELS, "are found by their names"],
  listChannels: [CHANNELS, "are found by their names"],
  history: [CHANNELS, "give their history newest page first"],
  listCommands: [REGISTER, "shows what it would do on a dry run"],
  putCommands: [REGISTER, "writes all commands in one request"],
};

/** Everything that Discord sends to the hall. */
const INBOUND: Readonly<Record<keyof typeof InteractionType | "MESSAGE_CREATE", Proof>> = {
  Ping: [INTERACTIONS, "answers the ping"],
  ApplicationCommand: [INTERACTIONS, "runs a command with typed options"],
  ApplicationCommandAutocomplete: [INTERACTIONS, "suggests ways to go on"],
  MessageComponent: [ANSWERS, "says that it works, with a button that cancels"],
  ModalSubmit: [INTERACTIONS, "asks by a form for what a line lacks"],
  MESSAGE_CREATE: [GATEWAY, "brings mentions"],
};

/** What may go wrong, as a file and words of a test's name in it. */
const TROUBLE: Readonly<Record<string, Proof>> = {
  "a bad, missing, stale or future signature, a body over the limit": [
    INTERACTIONS,
    "refuses what Discord did not sign",
  ],
  "a retry of the same delivery": [
    "../adapters/contract-suite.ts",
    "starts nothing for a delivery that comes twice",
  ],
  "a message that comes twice": [GATEWAY, "starts nothing for a message that comes twice"],
  "503 for a while": [ANSWERS, "is tried again while Discord is away"],
  "a 500": [REST, "tries again after a 500"],
  "a connection cut half way": [ANSWERS, "is tried again when the connection is cut half way"],
  "a slow Discord": [REST, "asks a Discord that does not answer again"],
  "429 with Retry-After": [ANSWERS, "waits as a 429 tells it"],
  "a limit of minutes": [REST, "does not wait for a limit of minutes"],
  "an interaction's token that has ended": [ANSWERS, "goes on in the channel when the token has ended"],
  "a revoked bot's token": [ANSWERS, "is given up, and kept in the hall, when the bot's token"],
  "a deleted channel": [ANSWERS, "is given up, and kept in the hall, when the channel is gone"],
  "a gateway that breaks": [GATEWAY, "is opened anew when the connection breaks"],
  "500 commands in one second": [INTERACTIONS, "takes 500 commands in a second from one guild"],
  "a server that dies": ["../chat-crash.test.ts", "is followed in %s by another server"],
  "a restart": ["../chat-crash.test.ts", "goes on in %s after the next start"],
};

/** Known gaps: what Discord has, and neither the hall nor its tests do. */
const GAPS = [
  "slash commands' own permissions",
  "OAuth of users",
  "commands in threads below a message",
  "voice",
];

describe("what is tested of Discord", () => {
  it.each([...Object.entries(OUTBOUND), ...Object.entries(INBOUND)])("%s", async (_name, [file, test]) => {
    const text = await readFile(new URL(file, import.meta.url), "utf8");
    expect(text).toContain(`it("${test}`);
  });

  it.each(Object.entries(TROUBLE))("%s", async (_name, [file, words]) => {
    expect(await readFile(new URL(file, import.meta.url), "utf8")).toContain(words);
  });

  it("names each kind of interaction that Discord's own types know, and what is left out", () => {
    const kinds = Object.keys(InteractionType).filter((name) => !/^\d+$/.test(name));
    expect(Object.keys(INBOUND)).toEqual(expect.arrayContaining(kinds));
    expect(GAPS.length).toBeGreaterThan(0);
  });
});
