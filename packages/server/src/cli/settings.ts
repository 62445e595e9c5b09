import path from "node:path";
import type { Module } from "@guildhall/sdk";
import { z } from "zod";
import { Config, secret } from "../kernel/config.ts";

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

/** The settings that every verb needs. */
export interface Settings {
  readonly dataFolder: string;
  readonly secretKey: string | undefined;
  readonly config: Config;
  readonly modules: readonly Module[];
  readonly http: HttpSettings;
  readonly database: z.infer<typeof DatabaseSettings>;
}

/** Resolves the settings. @throws ConfigError with a sentence that names the setting */
export function readSettings({
  environment,
  modules,
}: {
  readonly environment: NodeJS.ProcessEnv;
  readonly modules: readonly Module[];
}): Settings {
  const dataFolder = path.resolve(environment["GUILDHALL_DATA"] || "hall-data");
  const config = new Config({
    environment,
    filePath: environment["GUILDHALL_CONFIG"] || path.join(dataFolder, "guildhall.yaml"),
  });
  return {
    dataFolder,
    secretKey: environment["GUILDHALL_SECRET_KEY"] || undefined,
    config,
    modules,
    http: config.section("http", HttpSettings),
    database: config.section("database", DatabaseSettings),
  };
}

/** Resolves the modules' sections too, so that all settings can be listed. */
export function resolveModuleSettings({ config, modules }: Settings): void {
  for (const module of modules) config.section(module.name, z.instanceof(z.ZodObject).parse(module.config));
}
