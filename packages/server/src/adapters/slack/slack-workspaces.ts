import type { Clock, Logger } from "@guildhall/sdk";
import type { InstallProvider } from "@slack/oauth";
import { toError } from "../../kernel/to-error.ts";
import { SlackApi, type SlackIdentity } from "./slack-api.ts";
import { SlackFault } from "./slack-fault.ts";
import type { SlackInstallations } from "./slack-installations.ts";
import type { SlackSettings } from "./slack-settings.ts";

const REMEMBERED_MILLISECONDS = 60_000;
const ROLE_MILLISECONDS = 300_000;
const ROLES_LIMIT = 10_000;
/** Slack's library exchanges a token two hours before its end; so long before that nobody has to be asked. */
const RENEWAL_MILLISECONDS = 2 * 3_600_000;

interface Bot {
  readonly token: string;
  readonly api: SlackApi;
  identity: Promise<SlackIdentity> | undefined;
}

/** The bots of the workspaces: installed by the link, or named by their tokens in the configuration. */
export class SlackWorkspaces {
  readonly #settings: SlackSettings;
  readonly #installations: SlackInstallations;
  readonly #provider: () => Promise<InstallProvider | undefined>;
  readonly #given: { readonly clock: Clock; readonly log: Logger; readonly fetch: typeof globalThis.fetch };
  readonly #configured = new Map<string, string>();
  readonly #bots = new Map<string, { readonly bot: Promise<Bot | undefined>; readonly until: number }>();
  /** One exchange at a time: each holds a connection to the store. */
  #exchanging: Promise<unknown> = Promise.resolve();
  readonly #roles = new Map<string, { readonly isAdministrator: boolean; readonly until: number }>();

  constructor(options: {
    readonly settings: SlackSettings;
    readonly installations: SlackInstallations;
    readonly provider: () => Promise<InstallProvider | undefined>;
    readonly clock: Clock;
    readonly log: Logger;
    readonly fetch: typeof globalThis.fetch;
  }) {
    const { clock, log, fetch } = options;
    this.#settings = options.settings;
    this.#installations = options.installations;
    this.#provider = options.provider;
    this.#given = { clock, log, fetch };
    for (const { teamId, token } of options.settings.botTokens) {
      if (teamId !== undefined) this.#configured.set(teamId, token);
    }
  }

  /** Asks Slack whose the tokens without a workspace are. One that it does not know is logged and left out. */
  async resolveTokens(): Promise<void> {
    for (const [index, { teamId, token }] of this.#settings.botTokens.entries()) {
      if (teamId !== undefined) continue;
      try {
        const { teamId: found } = await (await this.#open(token)).identity();
        this.#configured.set(found, token);
        this.#bots.delete(found);
      } catch (error) {
        this.#given.log.warn(
          { err: toError(error) },
          `bot token number ${index + 1} of GUILDHALL_SLACK__BOT_TOKENS is of no use: Slack does not know it, or does not answer`,
        );
      }
    }
  }

  /** The bot of a workspace; undefined when the hall has no token for it. */
  async api(teamId: string): Promise<SlackApi | undefined> {
    return (await this.#bot(teamId))?.api;
  }

  /** Who the bot of a workspace is. @throws SlackFault */
  async identity(teamId: string): Promise<SlackIdentity | undefined> {
    const bot = await this.#bot(teamId);
    if (!bot) return undefined;
    bot.identity ??= bot.api.identity().catch((error: unknown) => {
      bot.identity = undefined;
      throw error;
    });
    return await bot.identity;
  }

  /** The workspaces for which there is a token. */
  async teamIds(): Promise<string[]> {
    const installed = await this.#installations.teamIds();
    return [...new Set([...this.#configured.keys(), ...installed])].toSorted();
  }

  /** Whether a user may run commands for administrators: as an owner or administrator of a workspace named so. */
  async isAdministrator(teamId: string, userId: string): Promise<boolean> {
    if (!this.#settings.administratorWorkspaces.includes(teamId)) return false;
    const key = `${teamId} ${userId}`;
    const now = this.#given.clock.now().getTime();
    const known = this.#roles.get(key);
    if (known && known.until > now) return known.isAdministrator;
    try {
      const isAdministrator = (await (await this.api(teamId))?.isWorkspaceAdministrator(userId)) ?? false;
      if (this.#roles.size >= ROLES_LIMIT) this.#roles.clear();
      this.#roles.set(key, { isAdministrator, until: now + ROLE_MILLISECONDS });
      return isAdministrator;
    } catch (error) {
      if (!(error instanceof SlackFault)) throw error;
      this.#given.log.warn({ err: error }, "a person's role in Slack could not be asked for");
      return false;
    }
  }

  /** Forgets a workspace's tokens: the app was removed there. */
  async forget(teamId: string): Promise<void> {
    await this.#installations.deleteInstallation({
      teamId,
      enterpriseId: undefined,
      isEnterpriseInstall: false,
    });
    this.#bots.delete(teamId);
  }

  /** Asks the store again: an installation has changed. */
  refresh(): void {
    this.#bots.clear();
  }

  async #bot(teamId: string): Promise<Bot | undefined> {
    const now = this.#given.clock.now().getTime();
    const known = this.#bots.get(teamId);
    if (known && known.until > now) return await known.bot;
    const before = known?.bot;
    const bot = this.#token(teamId).then(async (token) => {
      if (token === undefined) return undefined;
      const earlier = await before?.catch(() => undefined);
      return earlier?.token === token
        ? earlier
        : { token, api: await this.#open(token), identity: undefined };
    });
    this.#bots.set(teamId, { bot, until: now + REMEMBERED_MILLISECONDS });
    bot.catch(() => this.#bots.delete(teamId));
    return await bot;
  }

  /** The token of a workspace, exchanged for a new one when it is about to expire. */
  async #token(teamId: string): Promise<string | undefined> {
    const query = { teamId, enterpriseId: undefined, isEnterpriseInstall: false } as const;
    let installed;
    try {
      installed = await this.#installations.fetchInstallation(query);
    } catch {
      return this.#configured.get(teamId);
    }
    const { token, refreshToken, expiresAt = 0 } = installed.bot ?? {};
    const isFresh = expiresAt * 1000 > this.#given.clock.now().getTime() + RENEWAL_MILLISECONDS;
    if (refreshToken === undefined || isFresh) return token;
    const provider = await this.#provider();
    if (!provider) return token;
    const exchange = this.#exchanging.then(() =>
      // Whoever comes second finds the new token, and exchanges nothing.
      this.#installations.exclusively(teamId, () => provider.authorize(query)),
    );
    this.#exchanging = exchange.catch(() => undefined);
    try {
      return (await exchange).botToken;
    } catch (error) {
      this.#given.log.warn({ err: toError(error), teamId }, "a Slack token could not be exchanged");
      return token;
    }
  }

  async #open(token: string): Promise<SlackApi> {
    return await SlackApi.open({ token, apiUrl: this.#settings.apiUrl, fetch: this.#given.fetch });
  }
}
