import type { Installation, InstallationQuery, InstallationStore } from "@slack/oauth";
import { z } from "zod";
import type { ChatInstallations } from "../../data/chat-installations.ts";
import type { SealedBox } from "../../hall/sealed-box.ts";

const ADAPTER = "slack";

/** What Slack's library keeps of an installation; what else it holds is kept too. */
const Stored = z.looseObject({
  team: z.looseObject({ id: z.string(), name: z.string().optional() }).optional(),
  enterprise: z.looseObject({ id: z.string(), name: z.string().optional() }).optional(),
  user: z.looseObject({ id: z.string(), token: z.string().optional() }),
  bot: z
    .looseObject({
      token: z.string(),
      refreshToken: z.string().optional(),
      expiresAt: z.number().optional(),
      scopes: z.array(z.string()),
      id: z.string(),
      userId: z.string(),
    })
    .optional(),
  isEnterpriseInstall: z.boolean().optional(),
  authVersion: z.literal("v2").optional(),
});

/** Slack's answer to an installation, one entry of `received-tokens.json` (requirements M-52). */
export const ReceivedTokens = z.looseObject({
  access_token: z.string().startsWith("xox"),
  refresh_token: z.string().optional(),
  expires_in: z.number().optional(),
  /** In seconds since 1970; what was exported says when, not how soon. */
  expires_at: z.number().optional(),
  scope: z.string().default(""),
  bot_user_id: z.string().default(""),
  app_id: z.string().optional(),
  team: z.looseObject({ id: z.string(), name: z.string().optional() }).nullish(),
  enterprise: z.looseObject({ id: z.string(), name: z.string().optional() }).nullish(),
  is_enterprise_install: z.boolean().optional(),
  authed_user: z.looseObject({ id: z.string() }).optional(),
});

/** Slack's answer to an installation, one entry of `received-tokens.json` (requirements M-52). */
export type ReceivedTokens = z.infer<typeof ReceivedTokens>;

/** One token for all workspaces of an organisation (Enterprise Grid), which the hall does not take. */
export class OrganisationInstallError extends Error {
  /** In the form of the codes of Slack's OAuth library, which passes it on. */
  readonly code = "organisation_install";

  constructor() {
    super(
      "The hall is installed in one workspace at a time, not in a whole organisation: choose a workspace on Slack's page of consent, and repeat it for each.",
    );
    this.name = "OrganisationInstallError";
  }
}

/** Installations in the hall's store, sealed, for Slack's OAuth library. */
export class SlackInstallations implements InstallationStore {
  readonly #store: ChatInstallations;
  readonly #box: SealedBox;

  constructor({ store, box }: { store: ChatInstallations; box: SealedBox }) {
    this.#store = store;
    this.#box = box;
  }

  /** @throws OrganisationInstallError for an installation in all workspaces of an organisation */
  async storeInstallation(installation: Installation): Promise<void> {
    if (installation.isEnterpriseInstall) throw new OrganisationInstallError();
    const id = installation.team?.id;
    if (id === undefined) throw new TypeError("Slack named no workspace in its answer");
    await this.#store.store(ADAPTER, id, this.#box.seal(JSON.stringify(installation)));
  }

  /** @throws Error when the app is not installed there */
  async fetchInstallation({ teamId }: InstallationQuery<boolean>): Promise<Installation<"v2">> {
    const sealed = teamId === undefined ? undefined : await this.#store.find(ADAPTER, teamId);
    const found = sealed === undefined ? undefined : this.#read(sealed);
    if (!found) throw new Error("the app is not installed in this workspace");
    return found;
  }

  async deleteInstallation({ teamId }: InstallationQuery<boolean>): Promise<void> {
    if (teamId !== undefined) await this.#store.remove(ADAPTER, teamId);
  }

  /** Exchanges a workspace's token while no other server does: a refresh token is good for one exchange. */
  async exclusively<Result>(teamId: string, work: () => Promise<Result>): Promise<Result> {
    return await this.#store.exclusively(ADAPTER, teamId, work);
  }

  /**
   * Keeps what a file of received tokens holds. Returns the workspace's id.
   *
   * @throws OrganisationInstallError for an installation in all workspaces of an organisation
   */
  async importTokens(received: ReceivedTokens, at: Date): Promise<string> {
    const { team, enterprise } = received;
    if (received.is_enterprise_install === true || !team) throw new OrganisationInstallError();
    const expiresAt =
      received.expires_at ??
      (received.expires_in === undefined ? undefined : Math.floor(at.getTime() / 1000) + received.expires_in);
    const installation = {
      team: named(team),
      ...(enterprise ? { enterprise: named(enterprise) } : {}),
      user: { id: received.authed_user?.id ?? "" },
      bot: {
        token: received.access_token,
        ...(received.refresh_token === undefined ? {} : { refreshToken: received.refresh_token }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        scopes: received.scope.split(",").filter((scope) => scope !== ""),
        id: "",
        userId: received.bot_user_id,
      },
      isEnterpriseInstall: false,
      authVersion: "v2" as const,
    };
    await this.#store.store(ADAPTER, team.id, this.#box.seal(JSON.stringify(installation)));
    return team.id;
  }

  /** The workspaces in which the app is installed. */
  async teamIds(): Promise<string[]> {
    return (await this.#store.list(ADAPTER)).map(({ external_id }) => external_id);
  }

  /** All installations in the form of `received-tokens.json`. */
  async exportTokens(): Promise<ReceivedTokens[]> {
    const rows = await this.#store.list(ADAPTER);
    return rows.flatMap(({ content }) => {
      const found = this.#read(content);
      if (!found?.bot) return [];
      const { team, enterprise, bot, user } = found;
      return [
        {
          ok: true,
          access_token: bot.token,
          ...(bot.refreshToken === undefined ? {} : { refresh_token: bot.refreshToken }),
          ...(bot.expiresAt === undefined ? {} : { expires_at: bot.expiresAt }),
          token_type: "bot",
          scope: bot.scopes.join(","),
          bot_user_id: bot.userId,
          team: team ? named(team) : null,
          enterprise: enterprise ? named(enterprise) : null,
          is_enterprise_install: false,
          authed_user: { id: user.id },
        },
      ];
    });
  }

  #read(sealed: string): Installation<"v2"> | undefined {
    const opened = this.#box.open(sealed);
    if (opened === undefined) return undefined;
    const stored = Stored.parse(JSON.parse(opened));
    const { team, enterprise, user, bot } = stored;
    return {
      team: team && named(team),
      enterprise: enterprise && named(enterprise),
      user: { id: user.id, token: user.token, scopes: undefined },
      ...(bot ? { bot: botOf(bot) } : {}),
      isEnterpriseInstall: stored.isEnterpriseInstall ?? false,
      authVersion: "v2",
    };
  }
}

/** Without what is not there: Slack's types tell a missing value from an undefined one. */
function named({ id, name }: { readonly id: string; readonly name?: string | undefined }) {
  return { id, ...(name === undefined ? {} : { name }) };
}

function botOf({
  token,
  refreshToken,
  expiresAt,
  scopes,
  id,
  userId,
}: NonNullable<z.infer<typeof Stored>["bot"]>) {
  return {
    token,
    scopes,
    id,
    userId,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
