import type { Command } from "@guildhall/sdk";
import { CommandRegistry } from "./command-registry.ts";
import { renderHelpText } from "./help/render-text.ts";
import type { CommandValues } from "./parse-arguments.ts";
import { parseLine } from "./parse-line.ts";

/** What a typed line comes to. */
export type ReadLine =
  | {
      readonly kind: "run";
      readonly command: Command;
      readonly values: CommandValues;
      /** The name of the module that brought the command. */
      readonly module: string;
    }
  | { readonly kind: "help" | "error"; readonly text: string };

/** Reads typed lines as the hall does, for the sdk's kit for tests. */
export interface LineReader {
  add(command: Command, by: { readonly module: string }): () => void;
  read(line: string): ReadLine;
}

/** Makes a reader that knows no command yet. */
export function createLineReader(): LineReader {
  const registry = new CommandRegistry();
  return {
    add: (command, by) => registry.add(command, by),
    read: (line) => {
      const parsed = parseLine({ registry, line });
      if (parsed.kind === "invocation") {
        const { command, module } = parsed.command;
        return { kind: "run", command, values: parsed.values, module };
      }
      return { kind: parsed.kind, text: renderHelpText(parsed) };
    },
  };
}
