import type { RollDetail } from "@guildhall/dice-engine";
import {
  CommandError,
  escapeMarkdown,
  LineRefusedError,
  markdown,
  type ChatChannels,
  type Clock,
  type CommandContext,
  type Place,
} from "@guildhall/sdk";
import type { DiceLog, LoggedRoll, NamedRoll } from "./dice-log.ts";
import { isCalled, isPrivatePlace, type TableChannels } from "./table-channels.ts";
import type { TableRules, Workspaces, WorkspaceValues } from "./workspaces.ts";

/** One roll, and how it was asked for. */
export interface NotedRoll {
  readonly roll: RollDetail;
  readonly reason: string;
  readonly character?: string | undefined;
  readonly advantage?: "advantage" | "disadvantage" | undefined;
  readonly rerollUpTo?: number | undefined;
  /** As its reply says it, in Markdown; private and blind rolls are told elsewhere with these words. */
  readonly told: string;
  /** Whether only the game master's channel may see it. */
  readonly blind?: boolean;
}

/** Has rolls written into the dice log, and tells the channels that are to know of them. */
export class RollNotes {
  readonly #log: DiceLog;
  readonly #workspaces: Workspaces;
  readonly #channels: TableChannels;
  readonly #chat: ChatChannels;
  readonly #clock: Clock;

  constructor(given: {
    readonly log: DiceLog;
    readonly workspaces: Workspaces;
    readonly channels: TableChannels;
    readonly chat: ChatChannels;
    readonly clock: Clock;
  }) {
    this.#log = given.log;
    this.#workspaces = given.workspaces;
    this.#channels = given.channels;
    this.#chat = given.chat;
    this.#clock = given.clock;
  }

  /** Notes rolls together with what their command puts out next, so that there is none without the other. */
  note(context: CommandContext, { workspace }: TableRules, noted: readonly NotedRoll[]): void {
    const at = this.#clock.now();
    const { channelId } = context.place;
    // A platform may take minutes to tell a name, and a person waits for the roll.
    const name = workspace ? this.#channels.knownName(workspace.name, channelId) : channelId;
    const rows = noted.map((one) => {
      const row = rowOf({ ...one, id: this.#log.newId(), at, context, values: workspace?.values });
      return name === undefined ? row : { ...row, ...named(row, name, workspace?.values) };
    });
    for (const row of rows) this.#log.add(row, context);
    if (rows.every((row) => row.named && row.tell === null)) return;
    context.afterRecord(async () => {
      for (const row of rows) {
        const known = row.named ? row : await this.name(row);
        if (known) await this.#tellOrLeave(known, context);
      }
    });
  }

  /** Looks up the name of a roll's channel, and puts into the log what depends on it; undefined when somebody else has. */
  async name(row: LoggedRoll): Promise<LoggedRoll | undefined> {
    const { workspace } = await this.#workspaces.of({
      platform: row.platform,
      workspaceId: row.workspace_id,
    });
    const name = workspace ? await this.#channels.nameOf(workspace.name, row.channel_id) : row.channel_id;
    const known = named(row, name, workspace?.values);
    return (await this.#log.name(row.id, known)) ? { ...row, ...known } : undefined;
  }

  /** Tells a roll to the channel that is to know of it. @throws CommandError when that cannot be now */
  async tell(row: LoggedRoll): Promise<void> {
    const { platform, workspace_id: workspaceId, tell, telling } = row;
    if (platform === null || workspaceId === null || tell === null || telling === null) return;
    const channelId = await this.#channels.require({ adapter: platform, workspaceId }, tell);
    await this.#chat.post({ adapter: platform, workspaceId, channelId }, { chunks: [markdown(telling)] });
    await this.#log.told(row.id, this.#clock.now());
  }

  async #tellOrLeave(row: LoggedRoll, { log }: CommandContext): Promise<void> {
    try {
      await this.tell(row);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      log.warn({ err: error, roll: row.id }, "a roll could not be told to its channel yet");
    }
  }
}

/** A roll as the log has it while only the id of its channel is known. */
function rowOf(
  given: NotedRoll & {
    readonly id: string;
    readonly at: Date;
    readonly context: CommandContext;
    readonly values: WorkspaceValues | undefined;
  },
): LoggedRoll {
  const { roll, values, blind = false } = given;
  const { place, user, action } = given.context;
  const isPrivate = isPrivatePlace(place);
  const publicChannel = isPrivate ? values?.publicChannel : undefined;
  return {
    id: given.id,
    action_id: action.id,
    rolled_at: given.at,
    user_id: user.id,
    user_name: user.displayName,
    platform: place.platform,
    workspace_id: place.workspaceId,
    channel_id: place.channelId,
    channel_name: place.channelId,
    named: false,
    reason: given.reason,
    character: given.character ?? null,
    expression: roll.canonical,
    dialect: roll.dialect,
    advantage: given.advantage === "advantage",
    disadvantage: given.advantage === "disadvantage",
    reroll_ones: given.rerollUpTo === 1,
    reroll_twos: given.rerollUpTo === 2,
    total: roll.shown,
    dice: roll.dice.map(({ sides, face, fate }) => [sides, face, fate !== "dropped" && fate !== "rerolled"]),
    by_hand: roll.source === "faces",
    logged: !isPrivate && (values?.diceLog ?? true),
    blind,
    tell: (blind ? values?.blindChannel : publicChannel) || null,
    told_at: null,
    telling: given.told,
  };
}

/** What the name of its channel says of a roll that has none yet. */
function named(row: LoggedRoll, name: string, values: WorkspaceValues | undefined): NamedRoll {
  const channel = { id: row.channel_id, name };
  const isIn = (names: readonly string[] = []) => names.some((one) => isCalled(channel, one));
  const isPrivate = isIn(values?.privateChannels);
  const echo = isPrivate ? values?.publicChannel || null : row.tell;
  const tell = row.blind ? row.tell : isIn([values?.blindChannel ?? ""]) ? null : echo;
  const from = row.blind ? `, blind, in ${escapeMarkdown(name)}` : "";
  return {
    channel_name: name,
    named: true,
    logged: row.logged && !isPrivate && !isIn(values?.diceSkipChannels),
    tell,
    telling: tell === null ? null : `${escapeMarkdown(row.user_name)} rolled${from}: ${row.telling ?? ""}`,
  };
}

/**
 * Whether a roll is blind: asked for so, or of a kind that the workspace has rolled blind (M-29). In the game master's own
 * channel nothing is.
 *
 * @throws LineRefusedError where there is nobody to see it
 */
export function isBlindRoll(given: {
  readonly asked: boolean;
  readonly shown: boolean;
  readonly purpose: string;
  readonly place: Place;
  readonly rules: TableRules;
}): boolean {
  const { values } = given.rules.workspace ?? {};
  const purpose = given.purpose.trim().toLowerCase();
  const isUsual = values?.blindRolls.some((name) => name.toLowerCase() === purpose) ?? false;
  if (given.shown || !(given.asked || isUsual)) return false;
  if (values === undefined || values.blindChannel === "") {
    throw new LineRefusedError(
      "Nobody would see a blind roll here: an administrator names the game master's channel first, in a channel of the workspace, by tabletop set blindChannel NAME. Or roll with --show.",
      { code: "no_blind_channel" },
    );
  }
  return given.place.channelId !== values.blindChannel;
}
