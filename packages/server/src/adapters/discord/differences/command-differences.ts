import type { APIApplicationCommandOption } from "discord-api-types/v10";
import {
  ageDifference,
  contextsDifference,
  descriptionDifference,
  installationDifference,
  permissionsDifference,
} from "./command-fields.ts";
import { differing, type Compared, type ComparedCommand, type Difference } from "./command-value.ts";
import * as optionFields from "./option-fields.ts";

const GLOBAL_FIELDS = [contextsDifference, installationDifference];
const FIELDS = [descriptionDifference, permissionsDifference, ageDifference];
const OPTION_FIELDS = [
  optionFields.typeDifference,
  optionFields.descriptionDifference,
  optionFields.requiredDifference,
  optionFields.choicesDifference,
  optionFields.autocompleteDifference,
  optionFields.valueBoundsDifference,
  optionFields.lengthBoundsDifference,
];

/**
 * Every place in which two commands of one name are not the same, by what Discord makes of them: what is left out
 * counts as its default. Fields that only Discord sets, such as the id and the version, are not looked at.
 */
export function commandDifferences({
  held,
  wanted,
  inGuild,
}: {
  readonly held: ComparedCommand;
  readonly wanted: ComparedCommand;
  /** Whether they are commands of one guild, which have no contexts. */
  readonly inGuild: boolean;
}): readonly Difference[] {
  const compared = { place: wanted.name, held, wanted };
  const fields = inGuild ? FIELDS : [...FIELDS, ...GLOBAL_FIELDS];
  return [
    ...fields.flatMap((difference) => difference(compared)),
    ...optionsDifferences({
      place: `${wanted.name}.options`,
      held: optionsOf(held),
      wanted: optionsOf(wanted),
    }),
  ];
}

function optionsDifferences({
  place,
  held,
  wanted,
}: Compared<readonly APIApplicationCommandOption[]>): readonly Difference[] {
  const names = (options: readonly APIApplicationCommandOption[]) => options.map(({ name }) => name);
  const sameNames = differing({ place, held: names(held), wanted: names(wanted) });
  const pairs = wanted.flatMap((option) => {
    const other = held.find(({ name }) => name === option.name);
    return other ? [{ place: `${place}.${option.name}`, held: other, wanted: option }] : [];
  });
  return [...sameNames, ...pairs.flatMap(optionDifferences)];
}

function optionDifferences(pair: Compared<APIApplicationCommandOption>): readonly Difference[] {
  return [
    ...OPTION_FIELDS.flatMap((difference) => difference(pair)),
    ...optionsDifferences({
      place: `${pair.place}.options`,
      held: subOptions(pair.held),
      wanted: subOptions(pair.wanted),
    }),
  ];
}

function optionsOf(command: ComparedCommand): readonly APIApplicationCommandOption[] {
  return command.options ?? [];
}

function subOptions(option: APIApplicationCommandOption): readonly APIApplicationCommandOption[] {
  return "options" in option ? (option.options ?? []) : [];
}
