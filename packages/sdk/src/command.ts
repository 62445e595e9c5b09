import type { Arguments, ArgumentValues } from "./argument.ts";
import type { Chunk } from "./chunk.ts";
import type { Clock, Logger, Random } from "./surroundings.ts";
import type { NewTableRow, TypedTableModel } from "./table.ts";

/** The person who runs a command. */
export interface CommandUser {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly isAdministrator: boolean;
}

/** Given to whoever finishes an action from outside, by {@link CommandContext.handOver}. */
export interface HandOver {
  readonly actionId: string;
  /** A bearer token that allows appending to this action and completing it, and nothing else. */
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Where a command was typed. A chat channel's thread in the console, or wherever else, is that channel: only `adapter`
 * differs.
 */
export interface Place {
  /** The way in: "terminal", "rest", "console", "slack", "discord", ... */
  readonly adapter: string;
  /** The chat platform that the channel is on, "slack", "discord", ...; null outside chat. */
  readonly platform: string | null;
  /** The platform's id of the Slack team or Discord guild; null outside chat, and in Discord's direct messages. */
  readonly workspaceId: string | null;
  /** The platform's id of the channel; outside chat the thread's id. */
  readonly channelId: string;
  /** Whether it is a direct message, to the hall or among a few people; false outside chat. */
  readonly isPrivate: boolean;
}

/** What a running command knows and may use besides its arguments. */
export interface CommandContext {
  readonly user: CommandUser;
  /** The action's id; a key for effects that must happen once. `attempt` counts from 1. */
  readonly action: { readonly id: string; readonly attempt: number };
  readonly threadId: string;
  readonly place: Place;
  /** Aborts when the person cancels, when the time limit is reached, or when the hall stops. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /**
   * Adds a row to a table of the command's own module together with the record of the action: in the very statement
   * that stores what the command puts out next, or its end. After a crash both are there or neither is, and a line that
   * is refused or a request that repeats an earlier one adds nothing. So a `pure` command can keep a log of its own. Rows
   * that were given are added however the command ends.
   *
   * A row that the table's own rules refuse, such as a second one of a unique value, takes the record with it: a pure
   * command's request fails and nothing is kept, another action fails with the code `outcome_unknown`.
   *
   * @throws TypeError for what is no column of the table, for a missing value, and after `handOver`
   */
  withRecord<T extends TypedTableModel<unknown>>(table: T, row: NewTableRow<T>): void;
  /**
   * Does something once what was put out next, or the action's end, is kept, and the rows given to `withRecord` with it;
   * not when its line is refused, when the request repeats an earlier one, or when the store is away. It may be lost
   * when the hall dies at that very moment; what it throws is logged.
   */
  afterRecord(work: () => Promise<void>): void;
  /**
   * Leaves the action running after `run` returns; the holder of the token appends and completes it over REST.
   * If that has not happened `withinSeconds` later, the action fails with the code `time_limit`.
   * A `pure` command cannot hand over, nor can one whose rows still wait for output to be stored with.
   */
  handOver(options: { readonly withinSeconds: number }): Promise<HandOver>;
}

/** An error whose message is meant for the person who typed the line: shown as it is, and not logged as a fault. */
export class CommandError extends Error {
  readonly code: string;

  constructor(message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "CommandError";
    this.code = options.code ?? "command_failed";
  }
}

/** Something that a command asks before it runs. */
export interface Question {
  readonly label: string;
  /** What an answer left empty stands for. */
  readonly defaultValue?: string;
  /** The answers that there are; any text when left out. */
  readonly choices?: readonly string[];
}

/** What a line lacks, to be asked for where somebody can be asked: by a form, or at a prompt. */
export interface Asked {
  readonly questions: readonly Question[];
  /** The camelCase name of the flag that takes the answers, in order and joined with commas. */
  readonly argument: string;
}

/**
 * Thrown by a `pure` command before it has put anything out: the line itself is wrong, as only the command could tell.
 * The line is answered like any other that does not parse, and no action is made.
 */
export class LineRefusedError extends CommandError {
  /** Where, counted from 1 in UTF-16 code units of the argument. */
  readonly column: number | undefined;
  /** The limit that was exceeded. */
  readonly limit: string | undefined;
  /** What would make the line whole. */
  readonly asked: Asked | undefined;

  constructor(
    message: string,
    facts: {
      readonly code: string;
      readonly column?: number | undefined;
      readonly limit?: string | undefined;
      readonly asked?: Asked | undefined;
    },
  ) {
    super(message, { code: facts.code });
    this.asked = facts.asked;
    this.name = "LineRefusedError";
    this.column = facts.column;
    this.limit = facts.limit;
  }
}

/** A declared command: a verb with typed arguments, a group of sub-commands, or both. */
export interface Command {
  /** Lower-case letters, digits and hyphens; the word that is typed. */
  readonly name: string;
  /** One line, shown in lists. */
  readonly summary: string;
  /** Shown in full help; line breaks are kept. */
  readonly description?: string;
  readonly arguments: Arguments;
  /** Groups of argument names of which at most one may be given. */
  readonly exclusive: readonly (readonly string[])[];
  /** Complete lines, as a person would type them. */
  readonly examples: readonly string[];
  readonly commands: readonly Command[];
  /** No effect but its output, and what it gives to `withRecord` and `afterRecord`; quick: runs first and is recorded complete in one step. */
  readonly pure: boolean;
  /** After a crash it may safely be run again from the start. */
  readonly rerun: boolean;
  readonly permission: "member" | "administrator";
  /** Seconds after which a run is aborted and fails with the code `time_limit`. */
  readonly timeLimitSeconds: number;
  // Declared as a method, so that a command of particular arguments is a command.
  run?(values: ArgumentValues<Arguments>, context: CommandContext): AsyncIterable<Chunk> | Iterable<Chunk>;
}

/** The default of {@link Command.timeLimitSeconds}. */
export const DEFAULT_TIME_LIMIT_SECONDS = 300;

/**
 * Declares a command. One declaration is the typed line, help, completion, the REST route, the forms and the
 * platforms' own commands.
 *
 * @throws TypeError at declaration when it cannot work: a bad name, neither `run` nor `commands`, a positional
 * after `rest`, a required positional after an optional one, two equal short forms.
 */
export function defineCommand<const A extends Arguments = Record<never, never>>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments?: A;
  readonly exclusive?: readonly (readonly (keyof A & string)[])[];
  readonly examples?: readonly string[];
  readonly commands?: readonly Command[];
  readonly pure?: boolean;
  readonly rerun?: boolean;
  readonly permission?: "member" | "administrator";
  readonly timeLimitSeconds?: number;
  run?(values: ArgumentValues<A>, context: CommandContext): AsyncIterable<Chunk> | Iterable<Chunk>;
}): Command {
  // oxlint-disable-next-line typescript/unbound-method -- it becomes a method of the command below
  const { run, description } = definition;
  const declared: Arguments = definition.arguments ?? {};
  assertDeclarable({ name: definition.name, declared });
  if (!run && !definition.commands?.length) {
    throw new TypeError(`command "${definition.name}" needs a run function, or sub-commands, or both`);
  }
  return {
    name: definition.name,
    summary: definition.summary,
    ...(description === undefined ? {} : { description }),
    arguments: declared,
    exclusive: definition.exclusive ?? [],
    examples: definition.examples ?? [],
    commands: definition.commands ?? [],
    pure: definition.pure ?? false,
    rerun: definition.rerun ?? false,
    permission: definition.permission ?? "member",
    timeLimitSeconds: definition.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS,
    ...(run ? { run } : {}),
  };
}

function assertDeclarable({ name, declared }: { name: string; declared: Arguments }): void {
  const fault = (reason: string) => new TypeError(`command "${name}": ${reason}`);
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw fault("a name is lower-case letters, digits and hyphens, and begins with a letter");
  }
  const shorts = new Set<string>();
  let optionalSeen: string | undefined;
  let restSeen: string | undefined;
  for (const [argumentName, argument] of Object.entries(declared)) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(argumentName))
      throw fault(`argument "${argumentName}" is not in camelCase`);
    if (argument.short !== undefined) {
      if (!/^-[A-Za-z0-9]$/.test(argument.short) || argument.short === "-h") {
        throw fault(`"${argument.short}" cannot be a short form: use one letter or digit, and not -h`);
      }
      if (shorts.has(argument.short)) throw fault(`two arguments have the short form ${argument.short}`);
      shorts.add(argument.short);
    }
    if (argument.kind !== "positional" && argument.kind !== "rest") continue;
    if (restSeen)
      throw fault(`"${argumentName}" stands after "${restSeen}", which takes all remaining words`);
    if (argument.required && optionalSeen) {
      throw fault(`required "${argumentName}" stands after optional "${optionalSeen}"`);
    }
    if (!argument.required) optionalSeen = argumentName;
    if (argument.kind === "rest") restSeen = argumentName;
  }
}
