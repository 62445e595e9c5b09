import {
  ApplicationCommandType,
  type APIApplicationCommand,
  type RESTPutAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import type { ApplicationCommand } from "./application-commands.ts";
import { commandDifferences } from "./differences/command-differences.ts";
import type { Difference } from "./differences/command-value.ts";

/** What a registration would do, before it does it. */
export interface RegistrationPlan {
  readonly added: readonly string[];
  readonly changed: readonly { readonly name: string; readonly differences: readonly Difference[] }[];
  /** Held by Discord and unknown to the hall; taken away when pruning. */
  readonly removed: readonly string[];
  /** Held by Discord, unknown to the hall, and kept. */
  readonly kept: readonly string[];
  readonly unchanged: readonly string[];
  /** The whole list to write in one request; undefined when nothing differs. */
  readonly body: RESTPutAPIApplicationCommandsJSONBody | undefined;
}

/**
 * Compares what Discord holds with what the hall wants. Only slash commands are ever taken away: commands of a
 * context menu, and the entry point of an activity, are somebody else's.
 */
export function planRegistration({
  held,
  wanted,
  prune,
  inGuild,
}: {
  readonly held: readonly APIApplicationCommand[];
  readonly wanted: readonly ApplicationCommand[];
  readonly prune: boolean;
  readonly inGuild: boolean;
}): RegistrationPlan {
  const slash = new Map(
    held.filter(({ type }) => type === ApplicationCommandType.ChatInput).map((each) => [each.name, each]),
  );
  const names = new Set(wanted.map(({ name }) => name));
  const foreign = held.filter(
    ({ name, type }) => type !== ApplicationCommandType.ChatInput || !names.has(name),
  );
  const goes = (command: APIApplicationCommand) => prune && command.type === ApplicationCommandType.ChatInput;
  const staying = foreign.filter((command) => !goes(command));
  const removed = foreign.filter(goes).map(({ name }) => name);

  const added: string[] = [];
  const changed: { name: string; differences: readonly Difference[] }[] = [];
  const unchanged: string[] = [];
  for (const command of wanted) {
    const known = slash.get(command.name);
    const differences = known && commandDifferences({ held: known, wanted: command, inGuild });
    if (!differences) added.push(command.name);
    else if (differences.length > 0) changed.push({ name: command.name, differences });
    else unchanged.push(command.name);
  }
  const isSame = added.length + changed.length + removed.length === 0;
  const body = [...wanted.map((command) => (inGuild ? forGuild(command) : command)), ...staying.map(asIs)];
  return {
    added,
    changed,
    removed,
    kept: staying.map(({ name }) => name),
    unchanged,
    body: isSame ? undefined : body,
  };
}

/** The plan in words, one line each. */
export function describePlan(plan: RegistrationPlan): readonly string[] {
  return [
    ...plan.added.map((name) => `+ ${name}`),
    ...plan.changed.flatMap(({ name, differences }) => [
      `~ ${name}`,
      ...differences.map(({ place, held, wanted }) => `    ${place}: ${held} becomes ${wanted}`),
    ]),
    ...plan.removed.map((name) => `- ${name}`),
    ...plan.kept.map((name) => `  ${name} (not a command of this hall; kept)`),
    `${plan.added.length} to add, ${plan.changed.length} to change, ${plan.removed.length} to remove, ${plan.unchanged.length} unchanged`,
  ];
}

function forGuild(command: ApplicationCommand): ApplicationCommand {
  const made = { ...command };
  delete made.contexts;
  delete made.integration_types;
  return made;
}

/** A command that Discord holds, as the body of the request that keeps it. */
function asIs(command: APIApplicationCommand): RESTPutAPIApplicationCommandsJSONBody[number] {
  const kept: Partial<APIApplicationCommand> = { ...command };
  delete kept.application_id;
  delete kept.guild_id;
  delete kept.version;
  // What Discord answers for a command is what it takes for one, but for the three fields above.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return kept as RESTPutAPIApplicationCommandsJSONBody[number];
}
