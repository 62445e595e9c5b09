import path from "node:path";
import { z } from "zod";
import { DiscordSettings } from "../adapters/discord/discord-settings.ts";
import { SlackSettings } from "../adapters/slack/slack-settings.ts";
import { objectsPlace } from "../data/objects/open-objects.ts";
import { MirrorSettings } from "../hall/mirror-settings.ts";
import type { RedisPlace } from "../data/state/redis-state.ts";
import { ConfigError } from "../kernel/config-error.ts";
import { Config, secret } from "../kernel/config.ts";
import { KnownSecrets } from "../kernel/known-secrets.ts";
import type { ModuleLoading } from "../kernel/discovery/discover-modules.ts";
import type { FoundModule } from "../kernel/module-report.ts";
import { ModulesSettings } from "../kernel/modules-settings.ts";
import { findModules } from "./find-modules.ts";

const DEFAULT_PORT = 3152;

/** How the hall is reached over HTTP. */
export const HttpSettings = z.object({
  host: z.string().min(1).default("127.0.0.1").describe("The address to listen on"),
  port: z
    .int("it must be a whole number")
    .min(0, "it must be from 0 to 65535")
    .max(65_535, "it must be from 0 to 65535")
    .default(DEFAULT_PORT)
    .describe("The port to listen on; 0 takes a free one"),
  publicUrl: z
    .url("it must be a URL such as https://hall.example.org")
    .optional()
    .describe("Where people reach the hall, when a proxy stands before it"),
  allowedHosts: z
    .array(z.string())
    .default([])
    .describe("Further names by which the hall may be asked for; addresses and localhost always may"),
  requestsPerMinute: z.int().min(1).default(6000).describe("Requests that one address may make a minute"),
  stopSeconds: z.int().min(0).max(600).default(10).describe("How long a stop waits for running actions"),
});

/** How the hall is reached over HTTP. */
export type HttpSettings = z.infer<typeof HttpSettings>;

/** Where the store is. */
export const DatabaseSettings = z.object({
  url: secret(z.string().startsWith("postgres", "it must be a postgresql:// URL").optional()).describe(
    "A PostgreSQL server of 15 or newer; without it the hall runs one of its own in its data folder",
  ),
  connections: z
    .int()
    .min(4)
    .max(500)
    .default(10)
    .describe("Connections of this server to the store, at most"),
});

const ObjectsUrl = z.string().superRefine((url, context) => {
  try {
    objectsPlace(url);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
  }
});

/** Where large things are kept. */
export const ObjectsSettings = z.object({
  url: ObjectsUrl.optional().describe(
    "Where files and the mirror are kept: file://FOLDER, azure://CONTAINER/PREFIX or s3://BUCKET/PREFIX; without it files are in the data folder and there is no mirror",
  ),
});

const RedisUrl = secret(
  z
    .string()
    .regex(/^rediss?:\/\/[^/]+/, "it must be a URL such as redis://localhost:6379/0")
    .optional(),
);

/** Where small documents, counters and sets are kept. */
export const StateSettings = z.object({
  url: secret(
    z
      .union([z.literal("redis"), z.string().regex(/^rediss?:\/\/[^/]+/)], {
        error:
          'it must be a URL such as redis://localhost:6379/0, or "redis" for the server of GUILDHALL_REDIS__URL',
      })
      .optional(),
  ).describe(
    'The Redis or Valkey server that holds the state: its redis:// URL, or "redis" for the one of GUILDHALL_REDIS__URL; without it the store does. "guildhall state move" takes what is there along',
  ),
});

/** The Redis or Valkey server of the hall. */
export const RedisSettings = z.object({
  url: RedisUrl.describe("A Redis or Valkey server for what names it"),
  replicaUrl: RedisUrl.describe("A replica of the server that holds the state; it answers reads"),
});

/** The settings that every verb needs. */
export interface Settings {
  readonly dataFolder: string;
  readonly secretKey: string | undefined;
  readonly config: Config;
  /** Finds the modules, once somebody needs them. */
  readonly modules: (loading?: ModuleLoading) => Promise<readonly FoundModule[]>;
  readonly http: HttpSettings;
  readonly database: z.infer<typeof DatabaseSettings>;
  readonly objects: z.infer<typeof ObjectsSettings>;
  readonly mirror: MirrorSettings;
  /** Undefined when the store holds the state. */
  readonly stateOnRedis: RedisPlace | undefined;
  readonly discord: DiscordSettings;
  readonly slack: SlackSettings;
}

/** The absolute path of the folder that holds the hall's data. */
export function dataFolderOf(environment: NodeJS.ProcessEnv): string {
  return path.resolve(environment["GUILDHALL_DATA"] || "hall-data");
}

/** Resolves the settings. @throws ConfigError with a sentence that names the setting */
export function readSettings({
  environment,
  modules,
  secrets = new KnownSecrets(),
}: {
  readonly environment: NodeJS.ProcessEnv;
  /** Learns the secrets that are read. */
  readonly secrets?: KnownSecrets;
  /** Every module there is when left out. */
  readonly modules?: readonly FoundModule[] | undefined;
}): Settings {
  const dataFolder = dataFolderOf(environment);
  secrets.learn(environment["GUILDHALL_SECRET_KEY"]);
  const config = new Config({
    environment,
    filePath: environment["GUILDHALL_CONFIG"] || path.join(dataFolder, "guildhall.yaml"),
    savedPath: path.join(dataFolder, "modules.yaml"),
    secrets,
  });
  let found = modules && Promise.resolve(modules);
  return {
    dataFolder,
    secretKey: environment["GUILDHALL_SECRET_KEY"] || undefined,
    config,
    modules: async (loading) => await (found ??= findModules({ config, loading })),
    http: config.section("http", HttpSettings),
    database: config.section("database", DatabaseSettings),
    objects: config.section("objects", ObjectsSettings),
    mirror: config.section("mirror", MirrorSettings),
    stateOnRedis: redisPlace(config),
    discord: config.section("discord", DiscordSettings),
    slack: config.section("slack", SlackSettings),
  };
}

function redisPlace(config: Config): RedisPlace | undefined {
  const state = config.section("state", StateSettings);
  const redis = config.section("redis", RedisSettings);
  const url = state.url === "redis" ? redis.url : state.url;
  if (state.url === "redis" && url === undefined) {
    throw new ConfigError(
      'GUILDHALL_STATE__URL is "redis", but GUILDHALL_REDIS__URL does not say where that is: set it to a redis:// URL.',
    );
  }
  return url === undefined ? undefined : { url, replicaUrl: redis.replicaUrl };
}

/** Resolves the modules' sections too, so that all settings can be listed. */
export async function resolveModuleSettings({ config, modules }: Settings): Promise<void> {
  config.section("modules", ModulesSettings);
  for (const found of await modules()) {
    if ("module" in found) config.section(found.module.name, found.module.config);
  }
}
