import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { defineModule } from "@guildhall/sdk";
import type { TerminalOutput } from "../../adapters/terminal/print-frames.ts";
import { RESERVED_SECTIONS } from "../../kernel/config.ts";
import { discoverBundled } from "../../kernel/discovery/discover-modules.ts";
import { moduleFiles, moduleNames } from "./module-template.ts";
import { takenNames, type TakenNames } from "./taken-names.ts";
import { typeScriptSettings } from "./typescript-settings.ts";

/** Writes a module that works: its source, a test, a page of documentation and settings for editors. */
export async function newModule(given: {
  readonly output: TerminalOutput;
  readonly values: { readonly name: string; readonly path?: string | undefined };
}): Promise<number> {
  const { output, values } = given;
  const fault = nameFault(values.name, await takenNames(await discoverBundled()));
  if (fault !== undefined) {
    output.err(`guildhall: ${fault}\n`);
    return 2;
  }
  const folder = path.resolve(values.path ?? path.join("modules", values.name));
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    output.err(`guildhall: ${folder} is not empty: name another folder by --path, or another module.\n`);
    return 1;
  }
  await mkdir(folder, { recursive: true });
  const names = moduleNames(values.name);
  const files = new Map([
    ...moduleFiles(names),
    ["tsconfig.json", `${JSON.stringify({ ...typeScriptSettings(), include: ["**/*.ts"] }, null, 2)}\n`],
  ]);
  for (const [file, content] of files) await writeFile(path.join(folder, file), content);
  const shown = path.relative(process.cwd(), folder) || ".";
  output.out(`Made the module ${values.name} in ${shown}:\n`);
  for (const file of files.keys()) output.out(`  ${file}\n`);
  const isFound = path.dirname(folder) === path.resolve("modules");
  output.out("\nNext:\n");
  if (!isFound) output.out(`  export GUILDHALL_MODULES__PATHS=${forShell(folder)}\n`);
  output.out(`  guildhall ${names.hyphens} Ada\n  guildhall check module ${forShell(shown)}\n`);
  return 0;
}

/** The path as one word of a POSIX shell. */
function forShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function nameFault(name: string, taken: TakenNames): string | undefined {
  try {
    defineModule({ name, summary: "", initialize: () => ({}) });
  } catch (error) {
    return error instanceof TypeError ? `${error.message}.` : String(error);
  }
  const section = name.replaceAll("-", "_");
  if (RESERVED_SECTIONS.some((reserved) => reserved === section)) {
    return `The hall keeps the name "${name}" for itself: take another.`;
  }
  const { hyphens } = moduleNames(name);
  const twin = taken.modules.keys().find((other) => other.replaceAll("-", "_") === section);
  if (twin !== undefined) return `There is a module "${twin}" already: take another name.`;
  const owner = taken.commands.get(hyphens);
  return owner === undefined
    ? undefined
    : `There is a command "${hyphens}" already, of ${owner}: take another name.`;
}
