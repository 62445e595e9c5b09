import {
  buttons,
  choice,
  CommandError,
  defineCommand,
  flag,
  integer,
  option,
  plainText,
  progress,
  table,
  text,
  workspaceOf,
  type Chunk,
  type Command,
  type Place,
} from "@guildhall/sdk";
import type { BackupCommandParts } from "./backup-commands.ts";
import type { BackedUpChannel } from "./catalogue.ts";
import type { RestoreCheck } from "./restore-check.ts";

const LONG_SECONDS = 3600;

/** What a workspace's administrators may do: run, check, choose, switch off and delete. */
export function administratorCommands(
  parts: BackupCommandParts & { readonly check: RestoreCheck },
): Command[] {
  const { catalogue, rounds, settings, check } = parts;

  const now = defineCommand({
    name: "now",
    summary: "Back this workspace up now",
    permission: "administrator",
    arguments: {
      days: option("-d", integer("look so many days back for edits and deletions", { min: 0, max: 36_500 })),
    },
    examples: ["backup now", "backup now --days 90"],
    timeLimitSeconds: LONG_SECONDS,
    async *run({ days }, { place, signal }) {
      const workspace = workspaceOf(place);
      if (!(await settings.ofWorkspace(workspace)).backup) throw switchedOff();
      const sentences = new Sentences();
      const round = rounds
        .run({
          workspace,
          isNow: true,
          signal,
          onProgress: (sentence) => sentences.say(sentence),
          ...(days === undefined ? {} : { rereadDays: days }),
        })
        .finally(() => sentences.end());
      // Whoever cancels takes no more chunks; the round's own end is of no interest then.
      round.catch(() => undefined);
      yield* sentences.chunks();
      const { channels, records, unfinished } = await round;
      const rest = unfinished === 0 ? "" : ` ${unfinished} channels go on in the next hours.`;
      yield plainText(`${channels} channels were read; ${records} new records are stored.${rest}`);
    },
  });

  const verify = defineCommand({
    name: "verify",
    summary: "Read everything back that is stored, and compare it with its sums",
    permission: "administrator",
    timeLimitSeconds: LONG_SECONDS,
    async *run(_values, { place, signal }) {
      const rows: (string | number)[][] = [];
      let damaged = 0;
      for await (const result of check.run(workspaceOf(place), signal)) {
        const { channel, objects, records } = result;
        rows.push([`#${channel.name}`, objects, records, result.damaged]);
        damaged += result.damaged;
      }
      if (rows.length > 0) yield table({ columns: ["channel", "objects", "records", "damaged"], rows });
      yield plainText(
        damaged === 0
          ? "All that is stored can be read back whole."
          : `${damaged} objects cannot be read back; the next backup reads what stood in them again, as far as it is still there.`,
      );
    },
  });

  const on = switching("on", "Back this workspace up", parts);
  const off = switching("off", "Back this workspace up no more; what is stored stays", parts);

  const set = defineCommand({
    name: "set",
    summary: "Change what is backed up; without more words show it",
    permission: "administrator",
    arguments: {
      channels: option(undefined, text("the channels, as a regular expression")),
      privateChannels: option(undefined, choice("channels that are not for everybody too", ["on", "off"])),
      rereadDays: option(undefined, integer("days for which edits and deletions are noticed")),
    },
    examples: ["backup set --channels ^game_ --reread-days 30"],
    async *run({ channels, privateChannels, rereadDays }, { place }) {
      const workspace = workspaceOf(place);
      const changes = {
        ...(channels === undefined ? {} : { channels }),
        ...(privateChannels === undefined ? {} : { privateChannels: privateChannels === "on" }),
        ...(rereadDays === undefined ? {} : { rereadDays }),
      };
      const chosen =
        Object.keys(changes).length > 0
          ? await settings.changeForWorkspace(workspace, changes)
          : await settings.ofWorkspace(workspace);
      yield table({
        columns: ["setting", "value"],
        rows: Object.entries(chosen).map(([name, value]) => [name, String(value)]),
      });
    },
  });

  const remove = defineCommand({
    name: "delete",
    summary: "Delete what is stored of this workspace, or of one channel, for good",
    permission: "administrator",
    arguments: {
      channel: option("-c", text("this channel alone")),
      yes: flag(undefined, "delete without asking"),
    },
    examples: ["backup delete --channel ic_tavern"],
    timeLimitSeconds: LONG_SECONDS,
    async *run({ channel, yes }, { place }) {
      const found = await chosenChannels(channel, place);
      const words = channel === undefined ? "this workspace" : `#${found[0]?.name ?? channel}`;
      if (found.length === 0) {
        yield plainText("Nothing is stored of this workspace.");
      } else if (yes) {
        let messages = 0;
        for (const one of found) messages += await catalogue.delete(one);
        const { backup } = await settings.ofWorkspace(workspaceOf(place));
        const again = backup ? ' The next backup stores it anew, unless you type "backup off".' : "";
        yield plainText(`${messages} messages of ${words} were deleted from the backup.${again}`);
      } else {
        yield plainText(`All that is stored of ${words} is deleted for good, if you say so:`);
        const line =
          channel === undefined ? "backup delete --yes" : `backup delete --yes --channel ${channel}`;
        yield buttons([{ label: "Delete", line }]);
      }
    },
  });

  const chosenChannels = async (named: string | undefined, place: Place): Promise<BackedUpChannel[]> => {
    const known = await catalogue.channelsOf(workspaceOf(place));
    if (named === undefined) return known;
    const wanted = named.replace(/^#/, "");
    const found = known.filter(({ name, channel_id }) => name === wanted || channel_id === wanted);
    if (found.length === 0) {
      throw new CommandError(`Nothing is stored of a channel "${wanted}".`, { code: "channel_not_found" });
    }
    return found;
  };

  return [now, verify, on, off, set, remove];
}

function switching(name: "on" | "off", summary: string, { settings }: BackupCommandParts): Command {
  return defineCommand({
    name,
    summary,
    permission: "administrator",
    async *run(_values, { place }) {
      await settings.changeForWorkspace(workspaceOf(place), { backup: name === "on" });
      yield plainText(
        name === "on"
          ? "This workspace is backed up once a day."
          : 'This workspace is backed up no more. What is stored stays; "backup delete" takes it away.',
      );
    },
  });
}

function switchedOff(): CommandError {
  return new CommandError('This workspace is not backed up: "backup on" changes that.', {
    code: "backup_off",
  });
}

/** Sentences that are said while work goes on, as chunks; of those that come faster than they are taken the last. */
class Sentences {
  #last: string | undefined;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  say(sentence: string): void {
    this.#last = sentence;
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  async *chunks(): AsyncGenerator<Chunk> {
    let done = 0;
    for (;;) {
      if (this.#last !== undefined) {
        done += 1;
        const label = this.#last;
        this.#last = undefined;
        yield progress({ done, label });
      } else if (this.#hasEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
