import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { parse as parseYaml, stringify as toYaml } from "yaml";
import { z } from "zod";
import { ConfigError } from "./config-error.ts";

const Sections = z.record(z.string(), z.unknown());
const Settings = z.record(z.string(), z.unknown());

/** A file of settings: sections, each a map. */
export type FileSections = Readonly<Record<string, unknown>>;

/** Reads a file of settings; none is the same as an empty one. @throws ConfigError */
export function readConfigFile(filePath: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(filePath, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new ConfigError(`The configuration file ${filePath} cannot be read.`);
  }
  try {
    return Sections.parse(parseYaml(content) ?? {});
  } catch (error) {
    const [reason] =
      error instanceof z.ZodError ? ["it must be a map of sections"] : String(error).split("\n");
    throw new ConfigError(`The configuration file ${filePath} is not valid: ${reason}.`);
  }
}

/** What was saved from the console, in a file of the data folder that people leave alone. */
export class SavedSettings {
  readonly #path: string | undefined;
  #sections: Record<string, unknown>;
  #writing: Promise<void> = Promise.resolve();

  /** @throws ConfigError when the file is there and cannot be read as YAML */
  constructor(path: string | undefined) {
    this.#path = path;
    this.#sections = path === undefined ? {} : readConfigFile(path);
  }

  section(name: string): Readonly<Record<string, unknown>> {
    return Settings.catch({}).parse(this.#sections[name]);
  }

  /** Replaces a section, whole or not at all. @throws ConfigError when the hall has no data folder */
  async replace(name: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    const path = this.#path;
    if (path === undefined) throw new ConfigError("This hall has no data folder to keep settings in.");
    const next = { ...this.#sections, [name]: values };
    const writing = this.#writing.then(async () => {
      const content = `# Saved by the console; guildhall.yaml is the file for people.\n${toYaml(next)}`;
      await writeFile(`${path}.new`, content, { mode: 0o600 });
      await rename(`${path}.new`, path);
    });
    this.#writing = writing.catch(() => undefined);
    await writing;
    this.#sections = next;
  }
}
