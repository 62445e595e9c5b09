import type { Command } from "@guildhall/sdk";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { DiscordAdapter } from "../adapters/discord/discord-adapter.ts";
import { SlackAdapter } from "../adapters/slack/slack-adapter.ts";
import type { ChatSetUp } from "../hall/chat-set-up.ts";
import type { Hall } from "../hall/open-hall.ts";
import type { Settings } from "./settings.ts";

/** A chat platform's adapter, as the program puts it together with a hall. */
export interface ChatAdapter {
  /** The module's name under which its commands are listed. */
  readonly name: string;
  /** Commands about the adapter itself; they work without its settings, and without a server. */
  readonly commands: readonly Command[];
  /** One sentence on which settings are missing; undefined when the adapter can be used. */
  readonly whyOff: string | undefined;
  /** What the console's set-up page shows; undefined for a platform that has no such page. */
  readonly setUp?: ChatSetUp;
  /** Registers its routes in a scope of their own. Without its settings they answer 503. */
  mount(app: FastifyInstance): Promise<void>;
  /** Begins to serve the platform; the returned function ends that. Called only when nothing is missing. */
  connect(): Promise<() => Promise<void>>;
}

/** The adapters of this program, their commands added to the hall. */
export function createChatAdapters({
  hall,
  settings,
  log,
}: {
  readonly hall: Hall;
  readonly settings: Settings;
  readonly log: Logger;
}): readonly ChatAdapter[] {
  const { publicUrl } = settings.http;
  return [
    new SlackAdapter({ hall, settings: settings.slack, publicUrl, log: log.child({ adapter: "slack" }) }),
    new DiscordAdapter({
      hall,
      settings: settings.discord,
      publicUrl,
      log: log.child({ adapter: "discord" }),
    }),
  ];
}

/** Adds the adapters' own commands to a hall. */
export function addAdapterCommands(hall: Hall, adapters: readonly ChatAdapter[]): void {
  for (const { name, commands } of adapters) {
    for (const command of commands) hall.registry.add(command, { module: name });
  }
}
