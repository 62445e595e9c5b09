import type { JsonValue, ValueType } from "@guildhall/sdk";
import type { NamedArgument } from "./flag-table.ts";
import { showTyped } from "./line-error.ts";
import { nearestName } from "./nearest-name.ts";

/** A typed word as the value it stands for, or why it stands for none. */
export type Converted =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly reason: string; readonly suggestion?: string };

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Turns typed text into a value of the argument's type. Whole words only: `12abc`, `0x10` and the empty word are
 * no numbers. A choice is found whatever its letter case.
 */
export function convertText({ typed, argument }: { readonly typed: string } & NamedArgument): Converted {
  return CONVERTERS[argument.type]({ typed, choices: argument.choices ?? [] });
}

type Converter = (word: { readonly typed: string; readonly choices: readonly string[] }) => Converted;

const CONVERTERS: Readonly<Record<ValueType, Converter>> = {
  text: ({ typed }) => ({ ok: true, value: typed }),
  integer: ({ typed }) =>
    INTEGER.test(typed)
      ? numeric(typed)
      : { ok: false, reason: `${showTyped(typed)} is not a whole number, such as 3 or -12` },
  number: ({ typed }) =>
    NUMBER.test(typed)
      ? numeric(typed)
      : { ok: false, reason: `${showTyped(typed)} is not a number, such as 3 or -0.5` },
  choice: convertChoice,
  boolean: convertBoolean,
};

function numeric(typed: string): Converted {
  // JSON knows no negative zero: adding 0 makes it plain.
  const value = Number(typed) + 0;
  if (Number.isFinite(value)) return { ok: true, value };
  return { ok: false, reason: `${showTyped(typed)} is too large a number` };
}

function convertChoice({ typed, choices }: { typed: string; choices: readonly string[] }): Converted {
  const wanted = typed.toLowerCase();
  const chosen = choices.includes(typed) ? typed : choices.find((word) => word.toLowerCase() === wanted);
  if (chosen !== undefined) return { ok: true, value: chosen };
  const suggestion = nearestName({ typed, names: choices });
  return {
    ok: false,
    reason: `${showTyped(typed)} is not one of ${choices.join(", ")}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function convertBoolean({ typed }: { typed: string }): Converted {
  const lower = typed.toLowerCase();
  if (lower === "true" || lower === "false") return { ok: true, value: lower === "true" };
  return { ok: false, reason: `${showTyped(typed)} is neither true nor false` };
}
