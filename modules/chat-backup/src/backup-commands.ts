import {
  CommandError,
  defineCommand,
  file,
  forAsker,
  integer,
  option,
  plainText,
  rest,
  table,
  text,
  workspaceOf,
  type ChatChannels,
  type Chunk,
  type Command,
  type CommandContext,
  type Settings,
} from "@guildhall/sdk";
import type { BackupRounds } from "./backup-rounds.ts";
import type { BackedUpChannel, Catalogue } from "./catalogue.ts";
import type { StoredMessage, StoredMessages } from "./stored-messages.ts";
import type { WorkspaceSettings } from "./workspace-settings.ts";

const MOST_FOUND = 100;
const DEFAULT_FOUND = 20;
const LONGEST_SHOWN = 300;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const EXPORT_SECONDS = 1800;

/** What the commands stand on. */
export interface BackupCommandParts {
  readonly chat: ChatChannels;
  readonly catalogue: Catalogue;
  readonly stored: StoredMessages;
  readonly rounds: BackupRounds;
  readonly settings: Settings<unknown, WorkspaceSettings>;
}

/** What everybody may do: see what is stored of the channels that they are in. */
export function memberCommands(parts: BackupCommandParts): Command[] {
  const { stored } = parts;

  const status = defineCommand({
    name: "status",
    summary: "Show what is stored of the channels that you are in",
    async *run(_values, context) {
      yield* showStatus(parts, context);
    },
  });

  const search = defineCommand({
    name: "search",
    summary: "Look for a text in the stored messages of the channels that you are in",
    arguments: {
      channel: option("-c", text("in this channel only")),
      limit: option("-n", integer("at most so many", { min: 1, max: MOST_FOUND, default: DEFAULT_FOUND })),
      words: rest("the text, whatever its case", { required: true, maxLength: 200 }),
    },
    examples: ["backup search the silver key", "backup search -c ic_tavern -n 50 door"],
    async *run({ words, channel, limit = DEFAULT_FOUND }, context) {
      const found: (readonly [string, string, string, string])[] = [];
      let isMore = false;
      const places = await readable(parts, context, channel);
      const names = new Map(places.map(({ channel_id, name }) => [channel_id, name]));
      for await (const message of stored.search(places, { words, signal: context.signal })) {
        isMore = found.length === limit;
        if (isMore) break;
        found.push([
          minuteOf(message.at),
          `#${names.get(message.channelId) ?? message.channelId}`,
          message.authorName ?? message.authorId ?? "",
          shown(message),
        ]);
      }
      if (found.length === 0) {
        yield forAsker(plainText("Nothing that is stored of your channels holds that text."));
        return;
      }
      yield forAsker(table({ columns: ["when (UTC)", "where", "who", "what"], rows: found }));
      if (isMore) yield forAsker(plainText(`There are more than ${limit}: ask for more with "-n".`));
    },
  });

  const exporting = defineCommand({
    name: "export",
    summary: "Get all that is stored of a channel, edits and deletions too, as files",
    arguments: {
      channel: text("the channel; where you are when left out", { optional: true }),
      month: option("-m", text("the month alone, such as 2026-03")),
    },
    examples: ["backup export", "backup export ic_tavern --month 2026-03"],
    timeLimitSeconds: EXPORT_SECONDS,
    async *run({ channel, month }, context) {
      if (month !== undefined && !MONTH.test(month)) {
        throw new CommandError(`"${month}" is no month: write it as 2026-03.`, { code: "month_invalid" });
      }
      const [place] = await readable(parts, context, channel ?? context.place.channelId);
      let count = 0;
      if (place) {
        for await (const { name, bytes } of stored.export(place, month)) {
          count += 1;
          yield forAsker(file({ mime: "application/gzip", name, bytes }));
        }
      }
      if (count === 0) yield forAsker(plainText("Nothing is stored of that."));
    },
  });

  return [status, search, exporting];
}

/** Shows what is stored of the channels that a person is in. */
export async function* showStatus(
  { chat, catalogue, stored, rounds, settings }: BackupCommandParts,
  { user, place }: CommandContext,
): AsyncGenerator<Chunk> {
  const workspace = workspaceOf(place);
  const chosen = await settings.ofWorkspace(workspace);
  const own = new Set(await chat.channelsOf(user.id, workspace));
  const known = (await catalogue.channelsOf(workspace)).filter(({ channel_id }) => own.has(channel_id));
  yield forAsker(
    plainText(
      chosen.backup
        ? `Once a day channels that match ${chosen.channels} are backed up; edits and deletions of the last ${chosen.rereadDays} days are kept too.`
        : "This workspace is not backed up; what was stored before stays until it is deleted.",
    ),
  );
  const rows = await Promise.all(
    known.map(async (channel) => {
      const figures = await stored.figures(channel);
      return [
        `#${channel.name}`,
        figures.messages,
        figures.deleted,
        figures.oldest?.toISOString().slice(0, 10) ?? null,
        figures.newest?.toISOString().slice(0, 10) ?? null,
        Math.ceil(Number(figures.bytes) / 1024),
        channel.completed_at ? minuteOf(channel.completed_at.toISOString()) : null,
        stateOf(channel, figures.damaged),
      ];
    }),
  );
  const columns = ["channel", "messages", "deleted", "from", "to", "KiB", "last complete (UTC)", "state"];
  if (rows.length > 0) yield forAsker(table({ columns, rows }));
  const waiting = (await rounds.wanted(workspace, chosen)).filter(
    ({ channelId }) => own.has(channelId) && !known.some(({ channel_id }) => channel_id === channelId),
  );
  if (waiting.length > 0) {
    const names = waiting.map(({ name }) => `#${name}`).join(", ");
    yield forAsker(plainText(`Not backed up yet: ${names}.`));
  } else if (rows.length === 0) {
    yield forAsker(plainText("Nothing is stored of your channels."));
  }
}

/** The stored channels that a person is in; one alone, by its name or id, where it is named. */
async function readable(
  { chat, catalogue }: BackupCommandParts,
  { user, place }: CommandContext,
  named?: string,
): Promise<BackedUpChannel[]> {
  const workspace = workspaceOf(place);
  const own = new Set(await chat.channelsOf(user.id, workspace));
  const known = (await catalogue.channelsOf(workspace)).filter(({ channel_id }) => own.has(channel_id));
  if (named === undefined) return known;
  const wanted = named.replace(/^#/, "");
  const found = known.filter(({ name, channel_id }) => name === wanted || channel_id === wanted);
  if (found.length === 0 && wanted !== place.channelId) {
    throw new CommandError(
      `Nothing is stored of a channel "${wanted}" that you are in. The hall knows that you are in a channel once you have run a command there.`,
      { code: "channel_not_found" },
    );
  }
  return found;
}

function stateOf({ is_reading, fault }: BackedUpChannel, damaged: number): string {
  if (fault !== null) return fault;
  if (damaged > 0) return `${damaged} damaged objects were laid aside`;
  return is_reading ? "being read" : "complete";
}

function shown({ text: said, files, kind }: StoredMessage): string {
  const names = files.map(({ name }) => `[${name}]`).join(" ");
  const all = [said, names, kind === "edit" ? "(edited)" : ""].filter((part) => part !== "").join(" ");
  return all.length > LONGEST_SHOWN ? `${all.slice(0, LONGEST_SHOWN)}...` : all;
}

function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace("T", " ");
}
