import type { APIApplicationCommandOption } from "discord-api-types/v10";
import { differing, type ComparedOptions, type Difference } from "./command-value.ts";

/** What kind of value, or of sub-command. */
export function typeDifference({ place, held, wanted }: ComparedOptions): readonly Difference[] {
  return differing({ place: `${place}.type`, held: held.type, wanted: wanted.type });
}

/** One line under the option's name. */
export function descriptionDifference({ place, held, wanted }: ComparedOptions): readonly Difference[] {
  return differing({ place: `${place}.description`, held: held.description, wanted: wanted.description });
}

/** Whether it must be given; left out it need not. */
export function requiredDifference({ place, held, wanted }: ComparedOptions): readonly Difference[] {
  return differing({
    place: `${place}.required`,
    held: held.required ?? false,
    wanted: wanted.required ?? false,
  });
}

/** The values to choose from, in their order. */
export function choicesDifference({ place, held, wanted }: ComparedOptions): readonly Difference[] {
  return differing({ place: `${place}.choices`, held: choicesOf(held), wanted: choicesOf(wanted) });
}

/** Whether values are suggested while typing. */
export function autocompleteDifference({ place, held, wanted }: ComparedOptions): readonly Difference[] {
  return differing({
    place: `${place}.autocomplete`,
    held: "autocomplete" in held && (held.autocomplete ?? false),
    wanted: "autocomplete" in wanted && (wanted.autocomplete ?? false),
  });
}

/** The least and the greatest number. */
export function valueBoundsDifference({ place, held, wanted }: ComparedOptions): readonly Difference[] {
  return [
    ...differing({
      place: `${place}.min_value`,
      held: "min_value" in held ? held.min_value : undefined,
      wanted: "min_value" in wanted ? wanted.min_value : undefined,
    }),
    ...differing({
      place: `${place}.max_value`,
      held: "max_value" in held ? held.max_value : undefined,
      wanted: "max_value" in wanted ? wanted.max_value : undefined,
    }),
  ];
}

/** The shortest and the longest text. */
export function lengthBoundsDifference({ place, held, wanted }: ComparedOptions): readonly Difference[] {
  return [
    ...differing({
      place: `${place}.min_length`,
      held: "min_length" in held ? held.min_length : undefined,
      wanted: "min_length" in wanted ? wanted.min_length : undefined,
    }),
    ...differing({
      place: `${place}.max_length`,
      held: "max_length" in held ? held.max_length : undefined,
      wanted: "max_length" in wanted ? wanted.max_length : undefined,
    }),
  ];
}

function choicesOf(option: APIApplicationCommandOption): readonly (readonly [string, string | number])[] {
  if (!("choices" in option)) return [];
  return (option.choices ?? []).map(({ name, value }) => [name, value] as const);
}
