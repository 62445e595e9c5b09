import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { ConfigError } from "./config-error.ts";

/** Where a value came from. */
export type ConfigSource = "default" | "file" | "environment" | "secret file";

/** One resolved setting, for `guildhall config`; a secret's value is masked. */
export interface ConfigEntry {
  readonly key: string;
  readonly variable: string;
  readonly value: string;
  readonly source: ConfigSource;
}

/** The sections of the hall itself; no module may take their names. */
export const RESERVED_SECTIONS = [
  "http",
  "database",
  "modules",
  "state",
  "objects",
  "redis",
  "slack",
  "discord",
  "log",
] as const;

/** Marks a setting as secret: it is masked wherever settings are shown. */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ secret: true });
}

/** The variable of a setting: `dice` and `maxDice` make `GUILDHALL_DICE__MAX_DICE`. */
export function variableName(section: string, key: string): string {
  const upper = (name: string) =>
    name
      .replaceAll("-", "_")
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toUpperCase();
  return `GUILDHALL_${upper(section)}__${upper(key)}`;
}

/** Settings as they are given: a file's sections below the environment, below files named by `..._FILE`. */
export class Config {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #file: Readonly<Record<string, unknown>>;
  readonly #filePath: string | undefined;
  readonly #entries: ConfigEntry[] = [];

  /** @throws ConfigError when the file is there and cannot be read as YAML */
  constructor({ environment, filePath }: { environment: NodeJS.ProcessEnv; filePath: string | undefined }) {
    this.#environment = environment;
    this.#filePath = filePath;
    this.#file = filePath === undefined ? {} : readConfigFile(filePath);
  }

  /** Every setting that was resolved so far. */
  get entries(): readonly ConfigEntry[] {
    return this.#entries;
  }

  /**
   * Resolves a section by its schema, once.
   *
   * @throws ConfigError that names the variable or the file's key, and what is wrong
   */
  section<Schema extends z.ZodObject>(name: string, schema: Schema): z.output<Schema> {
    const fromFile = z.record(z.string(), z.unknown()).safeParse(this.#file[name] ?? {});
    if (!fromFile.success)
      throw new ConfigError(`The section "${name}" of ${this.#filePath} must be a map of settings.`);
    const given: Record<string, unknown> = {};
    const sources: Record<string, ConfigSource> = {};
    for (const [key, field] of Object.entries(schema.shape)) {
      const variable = variableName(name, key);
      const { value, source } = this.#find(variable, fromFile.data[key]);
      sources[key] = source;
      if (value === undefined) continue;
      given[key] = typeof value === "string" && source !== "file" ? fromText(field, value) : value;
    }
    for (const key of Object.keys(fromFile.data)) {
      if (!(key in schema.shape)) {
        throw new ConfigError(
          `The setting "${name}.${key}" in ${this.#filePath} does not exist: remove it or mend its name.`,
        );
      }
    }
    const parsed = schema.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const key = String(issue?.path[0] ?? "");
      const where = sources[key] === "file" ? `${name}.${key} in ${this.#filePath}` : variableName(name, key);
      throw new ConfigError(`${where} cannot be used: ${issue?.message ?? "it is not valid"}.`);
    }
    const values = z.record(z.string(), z.unknown()).parse(parsed.data);
    for (const [key, field] of Object.entries(schema.shape)) {
      this.#entries.push({
        key: `${name}.${key}`,
        variable: variableName(name, key),
        value: shown(field, values[key]),
        source: sources[key] ?? "default",
      });
    }
    return parsed.data;
  }

  #find(variable: string, inFile: unknown): { value: unknown; source: ConfigSource } {
    const secretFile = this.#environment[`${variable}_FILE`];
    if (secretFile !== undefined) {
      try {
        return { value: readFileSync(secretFile, "utf8").trimEnd(), source: "secret file" };
      } catch {
        throw new ConfigError(`The file that ${variable}_FILE names (${secretFile}) cannot be read.`);
      }
    }
    const value = this.#environment[variable];
    if (value !== undefined && value !== "") return { value, source: "environment" };
    return inFile === undefined ? { value: undefined, source: "default" } : { value: inFile, source: "file" };
  }
}

function readConfigFile(filePath: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(filePath, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new ConfigError(`The configuration file ${filePath} cannot be read.`);
  }
  try {
    return z.record(z.string(), z.unknown()).parse(parseYaml(content) ?? {});
  } catch (error) {
    const [reason] =
      error instanceof z.ZodError ? ["it must be a map of sections"] : String(error).split("\n");
    throw new ConfigError(`The configuration file ${filePath} is not valid: ${reason}.`);
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

function shown(field: z.core.$ZodType, value: unknown): string {
  if (value === undefined) return "";
  const meta = field instanceof z.ZodType ? field.meta() : undefined;
  if (meta?.["secret"] === true) return "********";
  if (typeof value !== "string") return JSON.stringify(value);
  // A URL may carry a password.
  return value.replace(/(:\/\/[^:@/]*):[^@/]*@/, "$1:********@");
}
