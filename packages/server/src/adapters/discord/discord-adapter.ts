import type { Command, Logger } from "@guildhall/sdk";
import type { FastifyInstance } from "fastify";
import { variableName } from "../../kernel/config.ts";
import type { Hall } from "../../hall/open-hall.ts";
import { answerTime, type AnswerTime } from "./answer-time.ts";
import { discordCommand } from "./discord-commands.ts";
import type { DiscordInteractions } from "./discord-interactions.ts";
import type { DiscordRestApi } from "./discord-rest-api.ts";
import { registerInteractions } from "./discord-routes.ts";
import {
  DISCORD,
  missingForInteractions,
  whyDiscordIsOff,
  type DiscordSettings,
} from "./discord-settings.ts";

/** What the adapter stands on. */
export interface DiscordAdapterOptions {
  readonly hall: Hall;
  readonly settings: DiscordSettings;
  /** Where people reach the hall; shown below the bot's name. */
  readonly publicUrl: string | undefined;
  readonly log: Logger;
  /** The machine's timers when left out. */
  readonly time?: AnswerTime;
}

/** The client of Discord and what answers by it. Loaded when first needed: it costs start-up time. */
interface Client {
  readonly api: DiscordRestApi;
  readonly interactions: DiscordInteractions;
}

/** The way in from Discord. */
export class DiscordAdapter {
  readonly name = DISCORD;
  readonly commands: readonly Command[];
  /** One sentence on what is missing; undefined when Discord can be served. */
  readonly whyOff: string | undefined;
  readonly #options: DiscordAdapterOptions;
  #client: Promise<Client> | undefined;

  constructor(options: DiscordAdapterOptions) {
    const { settings, hall } = options;
    this.#options = options;
    this.whyOff = whyDiscordIsOff(settings);
    this.commands = [
      discordCommand({
        settings,
        registry: hall.registry,
        declaredPermissions: () => hall.modules.platformPermissions("discord"),
        api: async (access) => {
          const { DiscordRestApi: RestApi } = await import("./discord-rest-api.ts");
          return new RestApi({ apiUrl: settings.apiUrl, ...access });
        },
      }),
    ];
  }

  /** Registers the interactions endpoint; without its settings it answers 503. */
  async mount(app: FastifyInstance): Promise<void> {
    const { settings, hall, log } = this.#options;
    const { publicKey } = settings;
    const [missing] = missingForInteractions(settings);
    if (publicKey === undefined || missing !== undefined) {
      const whyOff =
        this.whyOff ?? `Signed interactions are off: set ${variableName(DISCORD, missing ?? "")}.`;
      registerInteractions(app, { whyOff });
      return;
    }
    const interactions = async () => (await this.#connected()).interactions;
    registerInteractions(app, { endpoint: { publicKey, clock: hall.clock, log, interactions } });
  }

  /** Begins to serve Discord: answers that an earlier server left, and the gateway where there is a bot's token. */
  async connect(): Promise<() => Promise<void>> {
    const { settings, hall, log, publicUrl } = this.#options;
    const client = await this.#connected();
    const { api, interactions } = client;
    const { DiscordChannels } = await import("./discord-channels.ts");
    const disconnect = hall.chat.connect({
      adapter: DISCORD,
      channels: new DiscordChannels(api),
      answer: (request) => interactions.answer(request),
    });
    const { token } = settings;
    const gateway = token === undefined ? undefined : this.#gateway({ client, token, publicUrl });
    gateway?.catch((error: unknown) => {
      log.error(
        { err: error instanceof Error ? error : new Error(String(error)) },
        "Discord's gateway cannot be reached: mentions and direct messages are not answered; slash commands are",
      );
    });
    return async () => {
      disconnect();
      const end = await gateway?.catch(() => undefined);
      await end?.();
    };
  }

  async #gateway({
    client: { api, interactions },
    token,
    publicUrl,
  }: {
    client: Client;
    token: string;
    publicUrl: string | undefined;
  }): Promise<() => Promise<void>> {
    const { hall, log } = this.#options;
    const { connectGateway } = await import("./discord-gateway.ts");
    const { DiscordMessages } = await import("./discord-messages.ts");
    const messages = new DiscordMessages({ chat: hall.chat, registry: hall.registry, api, log });
    const site = publicUrl === undefined ? "" : `${new URL(publicUrl).host} | `;
    return await connectGateway({
      rest: api.rest,
      token,
      api,
      interactions,
      messages,
      activity: `${site}/help`,
      log,
    });
  }

  async #connected(): Promise<Client> {
    this.#client ??= this.#load();
    return await this.#client;
  }

  async #load(): Promise<Client> {
    const { settings, hall, log, time = answerTime(hall.clock) } = this.#options;
    const { DiscordRestApi: RestApi } = await import("./discord-rest-api.ts");
    const { DiscordInteractions: Interactions } = await import("./discord-interactions.ts");
    const { applicationId = "", token, apiUrl, administratorGuildIds } = settings;
    const api = new RestApi({ apiUrl, applicationId, token });
    const interactions = new Interactions({
      chat: hall.chat,
      registry: hall.registry,
      surroundings: { api, time, canPost: token !== undefined, log },
      administratorGuildIds,
    });
    return { api, interactions };
  }
}
