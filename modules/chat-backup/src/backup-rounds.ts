import {
  CommandError,
  ObjectStoreError,
  type ChatChannel,
  type ChatChannels,
  type Clock,
  type Logger,
  type Settings,
  type WorkspaceName,
} from "@guildhall/sdk";
import type { Catalogue } from "./catalogue.ts";
import { ChannelReading, type ReadingOptions, type ReadingResult } from "./channel-reading.ts";
import type { WorkspaceSettings } from "./workspace-settings.ts";

/** A channel is read once a day (requirement M-50); a little less, so that rounds do not move through the day. */
const READ_EVERY_MILLISECONDS = 23.5 * 3_600_000;
/** So long a round reads; what is left then goes on in the next. */
const ROUND_MILLISECONDS = 50 * 60_000;

/** What a round did. */
export interface RoundResult {
  readonly channels: number;
  readonly records: number;
  /** Channels whose reading goes on in the next round. */
  readonly unfinished: number;
}

/** How to go round. */
export interface RoundOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (sentence: string) => void;
  /** All workspaces when left out. */
  readonly workspace?: WorkspaceName;
  /** Reads every channel, whether or not it is due. */
  readonly isNow?: boolean;
  /** Looks at what was written so many days back, instead of as many as the workspace says. */
  readonly rereadDays?: number;
}

/** Reads the channels of all workspaces that are backed up. */
export class BackupRounds {
  readonly #chat: ChatChannels;
  readonly #catalogue: Catalogue;
  readonly #settings: Pick<Settings<unknown, WorkspaceSettings>, "ofWorkspace">;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(given: {
    readonly chat: ChatChannels;
    readonly catalogue: Catalogue;
    readonly settings: Pick<Settings<unknown, WorkspaceSettings>, "ofWorkspace">;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#chat = given.chat;
    this.#catalogue = given.catalogue;
    this.#settings = given.settings;
    this.#clock = given.clock;
    this.#log = given.log;
  }

  /**
   * One round. A channel that cannot be read stops no other; the first such fault is thrown at the end.
   *
   * @throws ObjectStoreError at once when nothing can be stored
   */
  async run(options: RoundOptions): Promise<RoundResult> {
    const until = new Date(this.#clock.now().getTime() + ROUND_MILLISECONDS);
    const faults: unknown[] = [];
    const result = { channels: 0, records: 0, unfinished: 0 };
    for (const { channel, rereadDays } of await this.#due(options)) {
      options.signal.throwIfAborted();
      if (this.#clock.now() >= until) {
        result.unfinished += 1;
        continue;
      }
      try {
        const { records, isWhole } = await this.#read(channel, {
          rereadDays,
          isAnew: options.rereadDays !== undefined,
          until,
          signal: options.signal,
          onPage: (found) => options.onProgress(`#${channel.name}: ${found} new records`),
        });
        result.channels += 1;
        result.records += records;
        if (!isWhole) result.unfinished += 1;
      } catch (error) {
        if (options.signal.aborted || error instanceof ObjectStoreError) throw error;
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
    return result;
  }

  /** The channels of a workspace that it wants to be backed up. */
  async wanted(workspace: WorkspaceName, settings: WorkspaceSettings): Promise<ChatChannel[]> {
    if (!settings.backup) return [];
    const found = await this.#chat.match({ ...workspace, pattern: new RegExp(settings.channels) });
    return found.filter(({ isPrivate }) => settings.privateChannels || !isPrivate);
  }

  async #due({ workspace, isNow = false, rereadDays }: RoundOptions) {
    const all = await this.#chat.match({ ...workspace, pattern: /^/ });
    const workspaces = Map.groupBy(all, (channel) => `${channel.adapter}/${channel.workspaceId}`);
    const due: { channel: ChatChannel; rereadDays: number }[] = [];
    for (const [first] of workspaces.values()) {
      if (!first) continue;
      const { adapter, workspaceId } = first;
      const settings = await this.#settings.ofWorkspace({ adapter, workspaceId });
      const known = await this.#catalogue.channelsOf({ adapter, workspaceId });
      for (const channel of await this.wanted({ adapter, workspaceId }, settings)) {
        const entry = known.find(({ channel_id }) => channel_id === channel.channelId);
        const isFresh =
          entry?.completed_at &&
          !entry.is_reading &&
          this.#clock.now().getTime() - entry.completed_at.getTime() < READ_EVERY_MILLISECONDS;
        if (!isFresh || isNow) due.push({ channel, rereadDays: rereadDays ?? settings.rereadDays });
      }
    }
    return due;
  }

  async #read(channel: ChatChannel, options: ReadingOptions): Promise<ReadingResult> {
    const given = { chat: this.#chat, catalogue: this.#catalogue, clock: this.#clock };
    const reading = new ChannelReading({ channel, options, ...given });
    try {
      return await reading.run();
    } catch (error) {
      if (options.signal.aborted) throw error;
      const fault = error instanceof Error ? error : new Error(String(error));
      const { adapter, workspaceId, channelId } = channel;
      this.#log.warn({ err: fault, adapter, workspaceId, channelId }, "a channel could not be backed up");
      const shown =
        fault instanceof CommandError || fault instanceof ObjectStoreError
          ? fault.message
          : "A fault of the hall's own; its log says more.";
      await this.#catalogue.noteFault(channel, shown);
      throw fault;
    }
  }
}
