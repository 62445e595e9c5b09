import {
  CommandError,
  type ChatChannel,
  type ChatChannelQuery,
  type ChatChannels,
  type ChatPage,
  type PlatformChannels,
  type WorkspaceName,
} from "@guildhall/sdk";
import type { ChatEntries } from "../data/chat-entries.ts";

/** The channels of all connected platforms as one. */
export class ConnectedChannels implements ChatChannels {
  readonly #platforms = new Map<string, PlatformChannels>();
  readonly #entries: ChatEntries;

  constructor(entries: ChatEntries) {
    this.#entries = entries;
  }

  /** Adds a platform's channels; the returned function takes them out. */
  add(adapter: string, channels: PlatformChannels): () => void {
    this.#platforms.set(adapter, channels);
    return () => this.#platforms.delete(adapter);
  }

  async match(query: ChatChannelQuery): Promise<ChatChannel[]> {
    const wanted = [...this.#platforms]
      .filter(([adapter]) => query.adapter === undefined || query.adapter === adapter)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    return (await Promise.all(wanted.map(([, channels]) => channels.match(query)))).flat();
  }

  async *history(...[channel, range]: Parameters<ChatChannels["history"]>): AsyncIterable<ChatPage> {
    yield* this.#of(channel.adapter).history(channel, range);
  }

  async *answers(
    ...[channel, thread, reading]: Parameters<ChatChannels["answers"]>
  ): AsyncIterable<ChatPage> {
    yield* this.#of(channel.adapter).answers(channel, thread, reading);
  }

  async lastActivity(channel: ChatChannel) {
    return await this.#of(channel.adapter).lastActivity(channel);
  }

  async post(...[channel, message]: Parameters<ChatChannels["post"]>): Promise<void> {
    await this.#of(channel.adapter).post(channel, message);
  }

  async channelsOf(userId: string, workspace: WorkspaceName): Promise<readonly string[]> {
    return await this.#entries.channelsOf(userId, workspace);
  }

  #of(adapter: string): PlatformChannels {
    const found = this.#platforms.get(adapter);
    if (found) return found;
    throw new CommandError(`The hall is not connected to ${adapter}: see "guildhall doctor".`, {
      code: "chat_unavailable",
    });
  }
}
