import {
  ruleOf,
  type Argument,
  type ArgumentValues,
  type Arguments,
  type Command,
  type JsonValue,
} from "@guildhall/sdk";
import { z } from "zod";
import { toCamelCase, toSnakeCase } from "./argument-names.ts";
import type { LineError } from "./line-error.ts";
import { showTyped } from "./line-error.ts";
import { nearestName } from "./nearest-name.ts";

/** Arguments as JSON, under their snake_case names: only those that were given. */
export type ArgumentInput = Readonly<Record<string, JsonValue>>;

/** What a command's `run` receives: every declared argument under its own name, defaults applied. */
export type CommandValues = ArgumentValues<Arguments>;

/** Arguments that were read, or why they were refused. */
export type ParsedArguments =
  | {
      readonly kind: "arguments";
      readonly values: CommandValues;
      /** What was given, to be stored; parsing it again gives the same values. */
      readonly input: ArgumentInput;
    }
  | { readonly kind: "error"; readonly error: LineError };

/** The JSON form of a command's arguments: a strict object with snake_case keys. */
export type ArgumentsSchema = z.ZodObject<Record<string, z.ZodType>, z.core.$strict>;

const schemas = new WeakMap<Command, ArgumentsSchema>();

/**
 * The schema of a command's arguments as JSON; made once for each declaration. `z.toJSONSchema(schema, {io:
 * "input"})` gives the JSON Schema for REST and MCP.
 */
export function argumentsSchema(command: Command): ArgumentsSchema {
  const known = schemas.get(command);
  if (known) return known;
  const made = z.strictObject(
    Object.fromEntries(
      Object.entries(command.arguments).map(([name, argument]) => [
        toSnakeCase(name),
        argument.schema.meta({ description: describe(argument) }),
      ]),
    ),
  );
  schemas.set(command, made);
  return made;
}

/**
 * Reads a command's arguments from JSON, as REST and MCP give them; nothing given is the same as `{}`. The types
 * must be those declared: no text for a number. An unknown key is an error. Never throws.
 */
export function parseArguments({
  command,
  input,
}: {
  readonly command: Command;
  readonly input: unknown;
}): ParsedArguments {
  const given = input ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    const message = "The arguments must be a JSON object, with each argument under its name.";
    return { kind: "error", error: { code: "bad_value", message } };
  }
  return checkArguments({ command, input: scalarsOf(given), label: toSnakeCase });
}

/** No argument is an array or an object: those become null, which no argument takes either. */
function scalarsOf(given: object): ArgumentInput {
  const entries: [string, unknown][] = Object.entries(given);
  return Object.fromEntries(entries.map(([key, value]) => [key, isScalar(value) ? value : null]));
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/**
 * Checks arguments that have the types of JSON already: exclusive groups, then the declared schemas. `label` says
 * how a message calls an argument.
 */
export function checkArguments({
  command,
  input,
  label,
}: {
  readonly command: Command;
  readonly input: ArgumentInput;
  readonly label: (name: string) => string;
}): ParsedArguments {
  const clash = exclusiveClash({ command, input, label });
  if (clash) return { kind: "error", error: clash };
  // Without a prototype an argument called "constructor" is as absent as any other.
  const bare: Record<string, JsonValue> = Object.assign(Object.create(null), input);
  const parsed = argumentsSchema(command).safeParse(bare);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: "error", error: errorOf({ issue, command, input, label }) };
  }
  const values = Object.fromEntries(
    Object.keys(command.arguments).map((name) => {
      const key = toSnakeCase(name);
      return [name, Object.hasOwn(parsed.data, key) ? parsed.data[key] : undefined];
    }),
  );
  return { kind: "arguments", values, input };
}

/** The error of an argument that is needed and was not given. */
export function missingArgument({
  name,
  argument,
  command,
  label,
}: {
  readonly name: string;
  readonly argument: Argument;
  readonly command: Command;
  readonly label: string;
}): LineError {
  const [example] = command.examples;
  const hint = example === undefined ? "" : `, as in: ${example}`;
  return {
    code: "missing_argument",
    message: `${label} is missing: give ${argument.summary}${hint}`,
    argument: toSnakeCase(name),
  };
}

function describe({ summary, defaultValue }: Argument): string {
  // JSON Schema's own "default" is dropped by zod on the input side of a transform.
  return defaultValue === undefined ? summary : `${summary} (default: ${defaultValue})`;
}

function exclusiveClash({
  command,
  input,
  label,
}: {
  command: Command;
  input: ArgumentInput;
  label: (name: string) => string;
}): LineError | undefined {
  for (const group of command.exclusive) {
    const given = group.filter((name) => isGiven({ input, name }));
    const [first, second] = given;
    if (first === undefined || second === undefined) continue;
    return {
      code: "exclusive_arguments",
      message: `${given.map(label).join(" and ")} exclude each other: give only one of them.`,
      argument: toSnakeCase(second),
    };
  }
  return undefined;
}

/** Whether an argument counts as given for an exclusive group: a switch that is off and empty text do not. */
function isGiven({ input, name }: { input: ArgumentInput; name: string }): boolean {
  const key = toSnakeCase(name);
  if (!Object.hasOwn(input, key)) return false;
  const value = input[key];
  return value !== undefined && value !== false && value !== "";
}

function errorOf({
  issue,
  command,
  input,
  label,
}: {
  issue: z.core.$ZodIssue | undefined;
  command: Command;
  input: ArgumentInput;
  label: (name: string) => string;
}): LineError {
  if (issue?.code === "unrecognized_keys") return unknownArgument({ key: issue.keys[0] ?? "", command });
  const key = String(issue?.path[0] ?? "");
  const name = toCamelCase(key);
  const argument = Object.hasOwn(command.arguments, name) ? command.arguments[name] : undefined;
  if (!issue || !argument)
    return { code: "bad_value", message: issue?.message ?? "The arguments are not valid." };
  if (!Object.hasOwn(input, key)) return missingArgument({ name, argument, command, label: label(name) });
  const suggestion =
    typeof input[key] === "string" && argument.choices
      ? nearestName({ typed: input[key], names: argument.choices })
      : undefined;
  return {
    code: "bad_value",
    message: `${label(name)} ${ruleOf(issue)}${suggestion === undefined ? "." : `: did you mean ${suggestion}?`}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    argument: key,
  };
}

function unknownArgument({ key, command }: { key: string; command: Command }): LineError {
  const names = Object.keys(command.arguments).map(toSnakeCase);
  const suggestion = nearestName({ typed: key, names });
  const known = names.length === 0 ? "it takes none." : `it takes ${names.join(", ")}.`;
  const hint = suggestion === undefined ? known : `did you mean ${suggestion}?`;
  return {
    code: "unknown_argument",
    message: `${command.name} has no argument ${showTyped(key)}: ${hint}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    argument: key,
  };
}
