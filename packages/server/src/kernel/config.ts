import { readFileSync } from "node:fs";
import type { JsonValue } from "@guildhall/sdk";
import { z } from "zod";
import { ConfigError } from "./config-error.ts";
import { readConfigFile, SavedSettings, type FileSections } from "./config-files.ts";
import { KnownSecrets, MASK, maskUrls } from "./known-secrets.ts";

export { secret } from "@guildhall/sdk";

/** Where a value came from; each wins over those before it. */
export type ConfigSource = "default" | "file" | "console" | "environment" | "secret file";

/** One resolved setting; a secret's value is masked. */
export interface ConfigEntry {
  readonly key: string;
  readonly variable: string;
  /** As text, for a person. */
  readonly value: string;
  /** As it is; null when it is not set, and the mask for a secret. */
  readonly json: JsonValue;
  readonly source: ConfigSource;
  readonly isSecret: boolean;
  /** What it is for, in a few words; empty where its schema does not say. */
  readonly description: string;
}

/** The sections of the hall itself; no module may take their names. */
export const RESERVED_SECTIONS = [
  "http",
  "database",
  "modules",
  "state",
  "objects",
  "mirror",
  "redis",
  "slack",
  "discord",
  "log",
] as const;

/** The variable of a setting: `dice` and `maxDice` make `GUILDHALL_DICE__MAX_DICE`. */
export function variableName(section: string, key: string): string {
  const upper = (name: string) =>
    name
      .replaceAll("-", "_")
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toUpperCase();
  return `GUILDHALL_${upper(section)}__${upper(key)}`;
}

interface Given {
  readonly value: unknown;
  readonly source: ConfigSource;
}

/**
 * Settings as they are given, in one order: the default, the file, what the console saved, the environment, and files
 * named by `..._FILE`; the later wins.
 */
export class Config {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #file: FileSections;
  readonly #filePath: string | undefined;
  readonly #saved: SavedSettings;
  readonly #entries = new Map<string, ConfigEntry>();
  readonly #secrets: KnownSecrets;

  /**
   * @param options.secrets learns each secret that is resolved
   * @param options.savedPath where the console's settings are kept; without it none can be saved
   * @throws ConfigError when a file is there and cannot be read as YAML
   */
  constructor(options: {
    readonly environment: NodeJS.ProcessEnv;
    readonly filePath: string | undefined;
    readonly savedPath?: string;
    readonly secrets?: KnownSecrets;
  }) {
    this.#secrets = options.secrets ?? new KnownSecrets();
    this.#environment = options.environment;
    this.#filePath = options.filePath;
    this.#file = options.filePath === undefined ? {} : readConfigFile(options.filePath);
    this.#saved = new SavedSettings(options.savedPath);
  }

  /** Every setting that was resolved so far. */
  get entries(): readonly ConfigEntry[] {
    return [...this.#entries.values()];
  }

  /** The text without any secret that was resolved so far, and without passwords in URLs. */
  redact(text: string): string {
    return this.#secrets.redact(text);
  }

  /**
   * Resolves a section by its schema.
   *
   * @throws ConfigError that names the variable or the file's key, and what is wrong
   */
  section<Schema extends z.ZodObject>(name: string, schema: Schema): z.output<Schema> {
    return this.#resolve(name, schema, this.#saved.section(name)).values;
  }

  /** The settings of a section, each with its value and source. @throws ConfigError */
  describe(name: string, schema: z.ZodObject): ConfigEntry[] {
    return this.#resolve(name, schema, this.#saved.section(name)).entries;
  }

  /**
   * Keeps some settings of a section for this hall; null takes one back. They count when the section is next resolved.
   *
   * @throws ConfigError when a value cannot be used, or the environment sets it anyway; nothing is kept then
   */
  async save(name: string, schema: z.ZodObject, changes: Readonly<Record<string, JsonValue>>): Promise<void> {
    const wanted: Record<string, unknown> = { ...this.#saved.section(name) };
    for (const [key, value] of Object.entries(changes)) {
      if (!Object.hasOwn(schema.shape, key)) throw new ConfigError(`There is no setting "${name}.${key}".`);
      const { source } = this.#find(name, key, { file: {}, saved: {} });
      if (source !== "default") {
        throw new ConfigError(
          `${name}.${key} is set by ${variableName(name, key)} of the environment, which wins: change it there.`,
        );
      }
      if (value === null) delete wanted[key];
      else wanted[key] = value;
    }
    this.#resolve(name, schema, wanted);
    await this.#saved.replace(name, wanted);
  }

  #resolve<Schema extends z.ZodObject>(
    name: string,
    schema: Schema,
    saved: Readonly<Record<string, unknown>>,
  ) {
    const fromFile = z
      .record(z.string(), z.unknown())
      .safeParse(Object.hasOwn(this.#file, name) ? (this.#file[name] ?? {}) : {});
    if (!fromFile.success)
      throw new ConfigError(`The section "${name}" of ${this.#filePath} must be a map of settings.`);
    const given: Record<string, unknown> = {};
    const sources: Record<string, ConfigSource> = {};
    for (const [key, field] of Object.entries(schema.shape)) {
      const { value, source } = this.#find(name, key, { file: fromFile.data, saved });
      sources[key] = source;
      if (value === undefined) continue;
      const isText = source === "environment" || source === "secret file";
      given[key] = typeof value === "string" && isText ? fromText(field, value) : value;
    }
    for (const key of Object.keys(fromFile.data)) {
      if (!Object.hasOwn(schema.shape, key)) {
        throw new ConfigError(
          `The setting "${name}.${key}" in ${this.#filePath} does not exist: remove it or mend its name.`,
        );
      }
    }
    for (const [key, field] of Object.entries(schema.shape)) {
      // Before they are read: what refuses one may tell it.
      if (isMarkedSecret(field)) this.#secrets.learn([given[key]]);
    }
    const parsed = schema.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const key = String(issue?.path[0] ?? "");
      const fault =
        given[key] === undefined && issue?.code === "invalid_type"
          ? "must be set"
          : `cannot be used: ${this.redact(issue?.message ?? "it is not valid")}`;
      throw new ConfigError(`${this.#place(name, key, sources[key])} ${fault}.`);
    }
    const values = z.record(z.string(), z.unknown()).parse(parsed.data);
    const entries = Object.entries(schema.shape).map(([key, field]) => {
      const isSecret = isMarkedSecret(field);
      const value = values[key];
      // As it was read, too.
      if (isSecret) this.#secrets.learn([value]);
      const entry: ConfigEntry = {
        key: `${name}.${key}`,
        variable: variableName(name, key),
        value: shown(value, isSecret),
        json: isSecret && value !== undefined ? MASK : asJson(value),
        source: sources[key] ?? "default",
        isSecret,
        description: describedBy(field),
      };
      this.#entries.set(entry.key, entry);
      return entry;
    });
    return { values: parsed.data, entries };
  }

  #place(name: string, key: string, source: ConfigSource | undefined): string {
    if (source === "file") return `${name}.${key} in ${this.#filePath}`;
    if (source === "console") return `${name}.${key}`;
    return variableName(name, key);
  }

  #find(
    name: string,
    key: string,
    { file, saved }: { file: Readonly<Record<string, unknown>>; saved: Readonly<Record<string, unknown>> },
  ): Given {
    const variable = variableName(name, key);
    const secretFile = this.#environment[`${variable}_FILE`];
    if (secretFile !== undefined && secretFile !== "") {
      try {
        return { value: readFileSync(secretFile, "utf8").trimEnd(), source: "secret file" };
      } catch {
        throw new ConfigError(`The file that ${variable}_FILE names (${secretFile}) cannot be read.`);
      }
    }
    const value = this.#environment[variable];
    if (value !== undefined && value !== "") return { value, source: "environment" };
    if (saved[key] !== undefined) return { value: saved[key], source: "console" };
    return file[key] === undefined
      ? { value: undefined, source: "default" }
      : { value: file[key], source: "file" };
  }
}

/** A variable is text: read it as what the setting takes, the first of text, number, boolean, list that fits. */
function fromText(field: z.core.$ZodType, value: string): unknown {
  const readings: unknown[] = [value];
  if (/^-?\d+(\.\d+)?$/.test(value)) readings.push(Number(value));
  if (/^(true|false)$/i.test(value)) readings.push(value.toLowerCase() === "true");
  readings.push(
    value
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  );
  return readings.find((reading) => z.core.safeParse(field, reading).success) ?? value;
}

function describedBy(field: z.core.$ZodType): string {
  for (let at: unknown = field; at instanceof z.ZodType;) {
    if (at.description !== undefined) return at.description;
    at = "innerType" in at.def ? at.def.innerType : undefined;
  }
  return "";
}

function isMarkedSecret(field: z.core.$ZodType): boolean {
  for (let at: unknown = field; at instanceof z.ZodType;) {
    if (at.meta()?.["secret"] === true) return true;
    // `.optional()`, `.default()` and the like stand around what was marked.
    at = "innerType" in at.def ? at.def.innerType : undefined;
  }
  return false;
}

function shown(value: unknown, isSecret: boolean): string {
  if (value === undefined) return "";
  if (isSecret) return MASK;
  if (typeof value !== "string") return JSON.stringify(value);
  return maskUrls(value);
}

function asJson(value: unknown): JsonValue {
  const parsed = z.json().safeParse(value ?? null);
  const json = parsed.success ? parsed.data : String(value);
  return typeof json === "string" ? maskUrls(json) : json;
}
