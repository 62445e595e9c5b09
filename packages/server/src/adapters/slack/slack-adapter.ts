import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Command, Logger } from "@guildhall/sdk";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { InstallProvider } from "@slack/oauth";
import type { ChatConnection } from "../../hall/chat-connection.ts";
import { HallError } from "../../hall/hall-error.ts";
import type { Hall } from "../../hall/open-hall.ts";
import { SealedBox } from "../../hall/sealed-box.ts";
import { toError } from "../../kernel/to-error.ts";
import { readAddress } from "./answer-address.ts";
import { SlackAnswer } from "./slack-answer.ts";
import { SlackChannels } from "./slack-channels.ts";
import { slackCommands } from "./slack-commands.ts";
import { onSlackEvent } from "./slack-events.ts";
import { SlackInstallations } from "./slack-installations.ts";
import { finishInstall, openInstallProvider, startInstall } from "./slack-oauth.ts";
import { SlackReceiver } from "./slack-receiver.ts";
import { registerSlackRoutes } from "./slack-routes.ts";
import { SlackSetUp } from "./slack-set-up.ts";
import { whySlackIsOff, type SlackSettings } from "./slack-settings.ts";
import { SlackWorkspaces } from "./slack-workspaces.ts";
import { openSocketMode } from "./socket-mode.ts";

/** What the adapter is made of. */
export interface SlackAdapterOptions {
  readonly hall: Hall;
  readonly settings: SlackSettings;
  /** Where people reach the hall; without it addresses are made of the request's host. */
  readonly publicUrl: string | undefined;
  readonly log: Logger;
  /** The network; the system's when left out. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Slack as a way in: its routes, its answers, its channels, and the commands that set it up. */
export class SlackAdapter {
  readonly name = "slack";
  readonly commands: readonly Command[];
  readonly whyOff: string | undefined;
  readonly setUp: SlackSetUp;
  readonly #options: SlackAdapterOptions;
  readonly #fetch: typeof globalThis.fetch;
  readonly #installations: SlackInstallations;
  readonly #workspaces: SlackWorkspaces;
  readonly #receiver: SlackReceiver;
  readonly #onEvent: (payload: unknown) => ReturnType<typeof onSlackEvent>;
  #provider: Promise<InstallProvider | undefined> | undefined;

  constructor(options: SlackAdapterOptions) {
    const { hall, settings, publicUrl, log } = options;
    this.#options = options;
    this.#fetch = options.fetch ?? globalThis.fetch;
    this.whyOff = whySlackIsOff(settings);
    const box = new SealedBox({ secretKey: hall.secretKey, purpose: "slack tokens" });
    this.#installations = new SlackInstallations({ store: hall.installations, box });
    const { clock, chat, registry } = hall;
    this.#workspaces = new SlackWorkspaces({
      settings,
      installations: this.#installations,
      provider: () => this.#openProvider(),
      clock,
      log,
      fetch: this.#fetch,
    });
    const surroundings = { chat, registry, workspaces: this.#workspaces, clock, log, fetch: this.#fetch };
    this.#receiver = new SlackReceiver(surroundings);
    this.#onEvent = (payload) => onSlackEvent(payload, surroundings);
    this.setUp = new SlackSetUp({
      settings,
      registry,
      workspaces: this.#workspaces,
      chat,
      declaredScopes: () => hall.modules.platformPermissions("slack"),
    });
    this.commands = [
      slackCommands({
        setUp: this.setUp,
        publicUrl,
        installations: this.#installations,
        workspaces: this.#workspaces,
      }),
    ];
  }

  /** Registers the routes; without a signing secret they answer 503. */
  async mount(app: FastifyInstance): Promise<void> {
    registerSlackRoutes(app, {
      signingSecret: this.#options.settings.signingSecret,
      receiver: this.#receiver,
      onEvent: this.#onEvent,
      now: () => this.#options.hall.clock.now(),
      install: (request, reply) =>
        this.#browser(request, reply, (provider, raw) =>
          startInstall(provider, {
            ...raw,
            declaredScopes: this.#options.hall.modules.platformPermissions("slack"),
          }),
        ),
      callback: (request, reply) =>
        this.#browser(request, reply, (provider, raw) =>
          finishInstall(provider, {
            ...raw,
            log: this.#options.log,
            onInstalled: () => this.#workspaces.refresh(),
          }),
        ),
    });
  }

  /** Begins to answer; looks up whose the tokens are, and opens the socket where there is an app token. */
  async connect(): Promise<() => Promise<void>> {
    const { hall, settings, log } = this.#options;
    void this.#workspaces.resolveTokens().catch((error: unknown) => {
      log.warn({ err: toError(error) }, "the bot tokens could not be looked up");
    });
    const disconnect = hall.chat.connect(this.#connection());
    const closeSocket =
      settings.appToken === undefined
        ? undefined
        : await openSocketMode({
            appToken: settings.appToken,
            apiUrl: settings.apiUrl,
            fetch: this.#fetch,
            receiver: this.#receiver,
            onEvent: this.#onEvent,
            log,
          });
    return async () => {
      await closeSocket?.();
      disconnect();
    };
  }

  #connection(): ChatConnection {
    const { hall, log } = this.#options;
    const { clock } = hall;
    return {
      adapter: "slack",
      channels: new SlackChannels({
        workspaces: this.#workspaces,
        delay: async (milliseconds, signal) =>
          await delay(milliseconds, undefined, { ref: false, ...(signal ? { signal } : {}) }),
      }),
      answer: async (request) => {
        const address = readAddress(request.reply);
        const api = await this.#workspaces.api(address.teamId).catch((error: unknown) => {
          log.warn({ err: toError(error), teamId: address.teamId }, "a Slack workspace's token is of no use");
          return undefined;
        });
        await new SlackAnswer(request, address, { api, fetch: this.#fetch, clock, log }).run();
      },
    };
  }

  async #browser(
    request: FastifyRequest,
    reply: FastifyReply,
    run: (
      provider: InstallProvider,
      raw: { request: IncomingMessage; response: FastifyReply["raw"]; redirectUri: string },
    ) => Promise<void>,
  ): Promise<void> {
    const provider = await this.#openProvider();
    if (!provider) {
      throw new HallError(
        "adapter_off",
        "Installing in Slack is not set up here: GUILDHALL_SLACK__CLIENT_ID and GUILDHALL_SLACK__CLIENT_SECRET are missing.",
      );
    }
    const base = this.#options.publicUrl?.replace(/\/+$/, "") ?? `${request.protocol}://${request.host}`;
    // Slack's library writes the answer itself.
    reply.hijack();
    await run(provider, { request: request.raw, response: reply.raw, redirectUri: `${base}/slack/oauth` });
  }

  async #openProvider(): Promise<InstallProvider | undefined> {
    const { hall, settings } = this.#options;
    this.#provider ??= openInstallProvider({
      settings,
      installations: this.#installations,
      stateSecret: Buffer.from(hall.secretKey.derive("slack state")).toString("base64url"),
      fetch: this.#fetch,
    });
    return await this.#provider;
  }
}
