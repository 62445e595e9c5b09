import {
  choice,
  CommandError,
  defineCommand,
  escapeMarkdown,
  markdown,
  rest,
  table,
  type Command,
  type Place,
} from "@guildhall/sdk";
import { WorkspaceChoices, type Workspaces, type WorkspaceValues } from "./workspaces.ts";
import type { TableChannels } from "./table-channels.ts";

type ChoiceName = keyof WorkspaceValues;
const NAMES = [
  "diceLog",
  "diceSkipChannels",
  "privateChannels",
  "publicChannel",
  "blindChannel",
  "blindRolls",
  "maxText",
  "maxTokens",
  "maxNesting",
  "maxDice",
  "maxFaces",
  "maxChain",
  "maxRepeats",
  "maxMagnitude",
  "maxSteps",
  "maxOutcomes",
  "maxWork",
] as const satisfies readonly ChoiceName[];
const CHANNELS: ReadonlySet<ChoiceName> = new Set(["publicChannel", "blindChannel"]);

/** The command `tabletop`: what the workspace has chosen for its tables. */
export function tabletopCommand({
  workspaces,
  channels,
}: {
  readonly workspaces: Workspaces;
  readonly channels: TableChannels;
}): Command {
  const chosen = async (place: Place) => {
    const { workspace } = await workspaces.of(place);
    if (workspace) return workspace;
    throw new CommandError(
      "Only workspaces of a chat platform have such settings: use this in one of their channels.",
      {
        code: "no_workspace",
      },
    );
  };
  const about = choice("Which setting", NAMES);
  const change = async (place: Place, changes: Partial<WorkspaceValues>) => {
    const { name } = await chosen(place);
    return await workspaces.change(name, changes);
  };

  return defineCommand({
    name: "tabletop",
    summary: "This workspace's limits, dice log, and channels for blind and private rolls",
    examples: [
      "tabletop",
      "tabletop set blindChannel gm-rolls",
      "tabletop set blindRolls insight, perception",
    ],
    commands: [
      defineCommand({
        name: "set",
        summary: "Choose one of the settings",
        description:
          "Lists have commas between their parts; channels are named, or given by the platform's id; switches are yes or no.",
        arguments: { name: about, value: rest("Its value", { required: true, maxLength: 10_000 }) },
        examples: ["tabletop set maxDice 500", "tabletop set diceLog no"],
        permission: "administrator",
        async *run({ name, value }, { place }) {
          const { name: workspace } = await chosen(place);
          // Kept as the id, since a channel's name may change.
          const chosenValue = CHANNELS.has(name)
            ? await channels.require(workspace, value)
            : valueOf(name, value);
          const values = await change(place, { [name]: chosenValue });
          yield markdown(`**${name}** is ${escapeMarkdown(shown(values[name]))} from now on.`);
        },
      }),
      defineCommand({
        name: "reset",
        summary: "Put one of the settings back to what it was at first",
        arguments: { name: about },
        examples: ["tabletop reset maxDice"],
        permission: "administrator",
        async *run({ name }, { place }) {
          const values = await change(place, { [name]: WorkspaceChoices.parse({})[name] });
          yield markdown(`**${name}** is ${escapeMarkdown(shown(values[name]))} from now on.`);
        },
      }),
    ],
    async *run(_values, { place }) {
      const { values } = await chosen(place);
      yield table({
        columns: ["setting", "value", "meaning"],
        rows: NAMES.map((name) => [
          name,
          shown(values[name]),
          WorkspaceChoices.shape[name].description ?? "",
        ]),
      });
    },
  });
}

function shown(value: WorkspaceValues[ChoiceName]): string {
  if (value === null) return "the hall's";
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = Array.isArray(value) ? value.join(", ") : String(value);
  return text === "" ? "none" : text;
}

/** A typed value in the form that its setting has; whether it fits is the schema's to say. */
function valueOf(name: ChoiceName, typed: string): WorkspaceValues[ChoiceName] {
  const value = typed.trim();
  if (name === "diceLog") {
    if (/^(yes|true|on)$/i.test(value)) return true;
    if (/^(no|false|off)$/i.test(value)) return false;
    throw new CommandError(`"${value}" is neither yes nor no.`, { code: "setting_invalid" });
  }
  if (name.startsWith("max")) {
    if (/^\d{1,16}$/.test(value)) return Number(value);
    throw new CommandError(`"${value}" is no whole number.`, { code: "setting_invalid" });
  }
  return value
    .split(",")
    .map(plainName)
    .filter((one) => one !== "");
}

function plainName(typed: string): string {
  return typed.trim().replace(/^#/, "");
}
