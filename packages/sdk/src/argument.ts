import { z } from "zod";

/** What a value looks like to a person: drives help, forms and platform option types. */
export type ValueType = "text" | "integer" | "number" | "choice" | "boolean";

/** How an argument is given on a typed line. */
export type ArgumentKind = "positional" | "rest" | "option" | "flag";

/**
 * One declared argument of a command. Made by {@link text}, {@link integer}, {@link number}, {@link choice},
 * {@link rest}, {@link flag} and {@link option}; read by the parser, help, completion, forms and JSON Schema.
 */
export interface Argument<Value = unknown> {
  readonly kind: ArgumentKind;
  readonly type: ValueType;
  readonly summary: string;
  /** Checks the typed value; on a line the text is converted to `type` first. */
  readonly schema: z.ZodType<Value>;
  readonly required: boolean;
  /** Shown in help; the schema applies it. */
  readonly defaultValue?: string | number | boolean;
  /** A short form such as `-a`; options and flags only. */
  readonly short?: string;
  /** The accepted words; choices only. */
  readonly choices?: readonly string[];
}

/** The arguments of a command by name, in the order in which positionals are read. */
export type Arguments = Readonly<Record<string, Argument>>;

/** The values that a command's `run` receives for its declared arguments. */
export type ArgumentValues<A extends Arguments> = {
  readonly [Name in keyof A]: A[Name] extends Argument<infer Value> ? Value : never;
};

interface Optional {
  /** May be left out; its value is then `undefined`. */
  readonly optional: true;
}

interface WithDefault<Value> {
  /** Used when the argument is left out. */
  readonly default: Value;
}

interface TextRules {
  /** Length in characters; 10,000 when not given. */
  readonly maxLength?: number;
}

interface NumberRules {
  readonly min?: number;
  readonly max?: number;
}

const DEFAULT_TEXT_LENGTH = 10_000;

function declare<Value extends string | number>(
  type: ValueType,
  summary: string,
  schema: z.ZodType<Value>,
  rules: Partial<Optional & WithDefault<Value>>,
  choices?: readonly string[],
): Argument<Value | undefined> {
  const common = { kind: "positional", type, summary, ...(choices ? { choices } : {}) } as const;
  if (rules.default !== undefined) {
    return {
      ...common,
      schema: schema.optional().transform((value) => value ?? rules.default),
      required: false,
      defaultValue: rules.default,
    };
  }
  if (rules.optional) return { ...common, schema: schema.optional(), required: false };
  return { ...common, schema, required: true };
}

/** A word, or several in quotes. */
export function text(summary: string, rules: TextRules & Optional): Argument<string | undefined>;
export function text(summary: string, rules?: TextRules & Partial<WithDefault<string>>): Argument<string>;
export function text(
  summary: string,
  rules: TextRules & Partial<Optional & WithDefault<string>> = {},
): Argument<string | undefined> {
  const schema = z.string().max(rules.maxLength ?? DEFAULT_TEXT_LENGTH);
  return declare("text", summary, schema, rules);
}

/** A whole number between -(2^53 - 1) and 2^53 - 1, or narrower by `min` and `max` (both inclusive). */
export function integer(summary: string, rules: NumberRules & Optional): Argument<number | undefined>;
export function integer(
  summary: string,
  rules?: NumberRules & Partial<WithDefault<number>>,
): Argument<number>;
export function integer(
  summary: string,
  rules: NumberRules & Partial<Optional & WithDefault<number>> = {},
): Argument<number | undefined> {
  const schema = z
    .int()
    .min(rules.min ?? Number.MIN_SAFE_INTEGER)
    .max(rules.max ?? Number.MAX_SAFE_INTEGER);
  return declare("integer", summary, schema, rules);
}

/** A finite number, narrowed by `min` and `max` (both inclusive). */
export function number(summary: string, rules: NumberRules & Optional): Argument<number | undefined>;
export function number(summary: string, rules?: NumberRules & Partial<WithDefault<number>>): Argument<number>;
export function number(
  summary: string,
  rules: NumberRules & Partial<Optional & WithDefault<number>> = {},
): Argument<number | undefined> {
  const schema = z
    .number()
    .min(rules.min ?? -Number.MAX_VALUE)
    .max(rules.max ?? Number.MAX_VALUE);
  return declare("number", summary, schema, rules);
}

/** One of a fixed list of words. */
export function choice<const Word extends string>(
  summary: string,
  words: readonly [Word, ...Word[]],
  rules: Optional,
): Argument<Word | undefined>;
export function choice<const Word extends string>(
  summary: string,
  words: readonly [Word, ...Word[]],
  rules?: Partial<WithDefault<NoInfer<Word>>>,
): Argument<Word>;
export function choice<const Word extends string>(
  summary: string,
  words: readonly [Word, ...Word[]],
  rules: Partial<Optional & WithDefault<Word>> = {},
): Argument<Word | undefined> {
  return declare("choice", summary, z.enum(words), rules, words);
}

/**
 * All remaining words of the line as they were typed, with their inner spaces and line breaks. Must be the last
 * positional. Left out it is the empty string, unless `required`.
 */
export function rest(
  summary: string,
  rules: { required?: boolean; maxLength?: number } = {},
): Argument<string> {
  const schema = z.string().max(rules.maxLength ?? DEFAULT_TEXT_LENGTH);
  return {
    kind: "rest",
    type: "text",
    summary,
    schema: rules.required ? schema.min(1) : schema.optional().transform((value) => value ?? ""),
    required: rules.required ?? false,
  };
}

/** A switch: `-a` or `--advantage` (the long form is the argument's name); true when given, else false. */
export function flag(short: `-${string}` | undefined, summary: string): Argument<boolean> {
  return {
    kind: "flag",
    type: "boolean",
    summary,
    schema: z
      .boolean()
      .optional()
      .transform((value) => value ?? false),
    required: false,
    ...(short === undefined ? {} : { short }),
  };
}

/**
 * A named value: `-c NAME`, `--character NAME` or `--character=NAME`. Give it the argument that describes the
 * value; left out it is that argument's default, or `undefined`.
 */
export function option<Value>(
  short: `-${string}` | undefined,
  value: Argument<Value>,
): Argument<Value | undefined> {
  return {
    ...value,
    kind: "option",
    schema: value.required ? value.schema.optional() : value.schema,
    required: false,
    ...(short === undefined ? {} : { short }),
  };
}
