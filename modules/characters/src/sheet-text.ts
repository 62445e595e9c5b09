import { CommandError } from "@guildhall/sdk";
import { parse, stringify, YAMLParseError } from "yaml";
import type { z } from "zod";
import { Sheet } from "./sheet.ts";

/** The most characters that a sheet may have as text. */
export const LONGEST_SHEET = 32_768;

const MOST_FAULTS_SHOWN = 10;

/**
 * Reads a sheet as YAML or JSON (of which YAML is a superset), with or without a code fence around it.
 *
 * @throws CommandError with the code `bad_sheet`, saying which fields are wrong and how
 */
export function parseSheet(typed: string): Sheet {
  const given = parseText(withoutFence(typed));
  const parsed = Sheet.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(faultOf);
  const more = faults.length - MOST_FAULTS_SHOWN;
  const shown = faults.slice(0, MOST_FAULTS_SHOWN).map((fault) => `- ${fault}`);
  if (more > 0) shown.push(`- and ${more} more`);
  throw new CommandError(`The sheet was not taken:\n${shown.join("\n")}`, { code: "bad_sheet" });
}

/** The sheet as text that {@link parseSheet} reads back. */
export function printSheet(sheet: Sheet, format: "yaml" | "json"): string {
  return format === "json" ? `${JSON.stringify(sheet, undefined, 2)}\n` : stringify(sheet);
}

function withoutFence(typed: string): string {
  return /^\s*```\w*\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(typed)?.[1] ?? typed;
}

function parseText(typed: string): unknown {
  try {
    return parse(typed, { logLevel: "error" });
  } catch (error) {
    if (error instanceof YAMLParseError) {
      const [first = ""] = error.message.split("\n");
      throw new CommandError(`The sheet is neither YAML nor JSON: ${first.replace(/:$/, "")}.`, {
        code: "bad_sheet",
        cause: error,
      });
    }
    // Too many aliases, which only a text made for it has.
    throw new CommandError("The sheet cannot be read: it refers to its own parts too often.", {
      code: "bad_sheet",
      cause: error,
    });
  }
}

function faultOf({ path, message, code, ...issue }: z.core.$ZodIssue): string {
  const place = path.map(String).join(".");
  if (code === "unrecognized_keys" && "keys" in issue && Array.isArray(issue.keys)) {
    return `${place === "" ? "" : `${place}: `}no such field: ${issue.keys.map(String).join(", ")}`;
  }
  if (place === "") return "a sheet is a list of fields, such as name: Adrianna";
  if (message.endsWith("received undefined")) return `${place} is missing`;
  return `${place}: ${message.replace(/^Invalid input: /, "")}`;
}
