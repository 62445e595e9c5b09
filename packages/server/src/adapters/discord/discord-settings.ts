import { z } from "zod";
import { secret, variableName } from "../../kernel/config.ts";

/** The name of the adapter in places, accounts and threads. */
export const DISCORD = "discord";

const Snowflake = z
  .string("it must be text: put the number in quotes")
  .regex(/^\d{5,20}$/, "it must be an id of Discord, which has digits only");

/** The section `discord` of the configuration. Every value is found in Discord's Developer Portal. */
export const DiscordSettings = z.object({
  publicKey: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "it must be the 64 hexadecimal digits that the Developer Portal shows")
    .optional()
    .describe("The application's public key, by which signed interactions are checked"),
  applicationId: Snowflake.optional().describe("The application's id"),
  stagingApplicationId: Snowflake.optional().describe("The application to invite with --env staging"),
  developmentApplicationId: Snowflake.optional().describe("The application to invite with --env development"),
  token: secret(z.string().min(1).optional()).describe(
    "The bot's token: for messages in channels, for registering commands, and for the gateway",
  ),
  administratorGuildIds: z
    .array(Snowflake)
    .default([])
    .describe("Servers (guilds) whose administrators are administrators of the hall, in chat"),
  apiUrl: z
    .url("it must be a URL such as https://discord.com/api")
    .default("https://discord.com/api")
    .transform((url) => url.replace(/\/+$/, ""))
    .describe("Where Discord's REST API is, without its version"),
});

/** The section `discord` of the configuration. */
export type DiscordSettings = z.output<typeof DiscordSettings>;

/** The settings whose absence keeps signed interactions from being served; empty when they can be. */
export function missingForInteractions(settings: DiscordSettings): readonly (keyof DiscordSettings)[] {
  return (["publicKey", "applicationId"] as const).filter((key) => settings[key] === undefined);
}

/**
 * One sentence on what is missing; undefined when Discord can be served: by signed interactions, by the gateway, or by
 * both.
 */
export function whyDiscordIsOff(settings: DiscordSettings): string | undefined {
  const name = (key: keyof DiscordSettings) => variableName("discord", key);
  if (settings.applicationId === undefined) return `Discord is off: set ${name("applicationId")}.`;
  if (settings.publicKey !== undefined || settings.token !== undefined) return undefined;
  return `Discord is off: set ${name("publicKey")}, or ${name("token")} for the gateway.`;
}

/** The applications that one hall may have, each with its own bot. */
export const INVITE_ENVIRONMENTS = ["production", "staging", "development"] as const;

/** One of the applications that a hall may have. */
export type InviteEnvironment = (typeof INVITE_ENVIRONMENTS)[number];

const APPLICATION_KEYS = {
  production: "applicationId",
  staging: "stagingApplicationId",
  development: "developmentApplicationId",
} as const satisfies Record<InviteEnvironment, keyof DiscordSettings>;

/** The setting that holds the application's id in an environment. */
export function applicationKey(environment: InviteEnvironment) {
  return APPLICATION_KEYS[environment];
}
