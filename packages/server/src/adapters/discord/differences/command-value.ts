import type { APIApplicationCommand, APIApplicationCommandOption } from "discord-api-types/v10";
import type { ApplicationCommand } from "../application-commands.ts";

/** A command as Discord holds it, or as it is to be. */
export type ComparedCommand = ApplicationCommand | APIApplicationCommand;

/** Values of one place in which what Discord holds and what is wanted are not the same. */
export interface Difference {
  /** Such as `roll.options.expression.required`. */
  readonly place: string;
  readonly held: string;
  readonly wanted: string;
}

/** Two values of one field, of a command or of one of its options. */
export interface Compared<Value> {
  readonly place: string;
  readonly held: Value;
  readonly wanted: Value;
}

/** Two options of one name. */
export type ComparedOptions = Compared<APIApplicationCommandOption>;

/** One difference, or none, of values that JSON tells apart. */
export function differing({ place, held, wanted }: Compared<unknown>): readonly Difference[] {
  const [one, other] = [shown(held), shown(wanted)];
  return one === other ? [] : [{ place, held: one, wanted: other }];
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
