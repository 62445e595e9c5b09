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
import type { DiceLog, LoggedRoll } from "./dice-log.ts";
import { isCalled, isPrivatePlace, type TableChannels } from "./table-channels.ts";
import type { TableRules } from "./workspaces.ts";

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

/** Writes rolls into the dice log and tells the channels that are to know of them. */
export class RollNotes {
  readonly #log: DiceLog;
  readonly #channels: TableChannels;
  readonly #chat: ChatChannels;
  readonly #clock: Clock;

  constructor(given: {
    readonly log: DiceLog;
    readonly channels: TableChannels;
    readonly chat: ChatChannels;
    readonly clock: Clock;
  }) {
    this.#log = given.log;
    this.#channels = given.channels;
    this.#chat = given.chat;
    this.#clock = given.clock;
  }

  /** Notes rolls once their action is kept. */
  note(context: CommandContext, rules: TableRules, noted: readonly NotedRoll[]): void {
    const at = this.#clock.now();
    context.afterRecord(async () => {
      const rows = await this.#rows(
        context,
        rules,
        noted.map((one) => ({ ...one, at })),
      );
      await this.#log.add(rows);
      for (const row of rows) if (row.tell !== null) await this.#tellOrLeave(row, context);
    });
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

  async #rows(
    { place, user, action }: CommandContext,
    { workspace }: TableRules,
    noted: readonly (NotedRoll & { readonly at: Date })[],
  ): Promise<LoggedRoll[]> {
    const { platform, workspaceId, channelId } = place;
    const channel = {
      id: channelId,
      name: workspace ? await this.#channels.nameOf(workspace.name, channelId) : channelId,
    };
    const isIn = (names: readonly string[] = []) => names.some((name) => isCalled(channel, name));
    const values = workspace?.values;
    const isPrivate = isPrivatePlace(place) || isIn(values?.privateChannels);
    const isLogged = !isPrivate && (values?.diceLog ?? true) && !isIn(values?.diceSkipChannels);
    const echo =
      isPrivate && values && values.publicChannel !== "" && !isIn([values.blindChannel])
        ? values.publicChannel
        : null;
    return noted.map(({ roll, at, ...one }): LoggedRoll => {
      const isBlind = one.blind ?? false;
      const tell = isBlind ? (values?.blindChannel ?? null) : echo;
      const from = isBlind ? `, blind, in ${escapeMarkdown(channel.name)}` : "";
      return {
        id: this.#log.newId(),
        action_id: action.id,
        rolled_at: at,
        user_id: user.id,
        user_name: user.displayName,
        platform,
        workspace_id: workspaceId,
        channel_id: channelId,
        channel_name: channel.name,
        reason: one.reason.replaceAll("\0", "\uFFFD").toWellFormed(),
        character: one.character ?? null,
        expression: roll.canonical,
        dialect: roll.dialect,
        advantage: one.advantage === "advantage",
        disadvantage: one.advantage === "disadvantage",
        reroll_ones: one.rerollUpTo === 1,
        reroll_twos: one.rerollUpTo === 2,
        total: roll.shown,
        dice: roll.dice.map(({ sides, face, fate }) => [
          sides,
          face,
          fate !== "dropped" && fate !== "rerolled",
        ]),
        by_hand: roll.source === "faces",
        logged: isLogged,
        blind: isBlind,
        tell,
        told_at: null,
        telling: tell === null ? null : `${escapeMarkdown(user.displayName)} rolled${from}: ${one.told}`,
      };
    });
  }
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
