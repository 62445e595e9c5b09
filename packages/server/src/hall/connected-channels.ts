import {
  CommandError,
  type ChatChannel,
  type ChatChannelQuery,
  type ChatChannels,
  type ChatMessage,
} from "@guildhall/sdk";

/** The channels of all connected platforms as one. */
export class ConnectedChannels implements ChatChannels {
  readonly #platforms = new Map<string, ChatChannels>();

  /** Adds a platform's channels; the returned function takes them out. */
  add(adapter: string, channels: ChatChannels): () => void {
    this.#platforms.set(adapter, channels);
    return () => this.#platforms.delete(adapter);
  }

  async match(query: ChatChannelQuery): Promise<ChatChannel[]> {
    const wanted = [...this.#platforms]
      .filter(([adapter]) => query.adapter === undefined || query.adapter === adapter)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    return (await Promise.all(wanted.map(([, channels]) => channels.match(query)))).flat();
  }

  async *history(
    channel: ChatChannel,
    range?: { readonly after?: Date },
  ): AsyncIterable<readonly ChatMessage[]> {
    yield* this.#of(channel.adapter).history(channel, range);
  }

  async lastActivity(channel: ChatChannel) {
    return await this.#of(channel.adapter).lastActivity(channel);
  }

  async post(...[channel, message]: Parameters<ChatChannels["post"]>): Promise<void> {
    await this.#of(channel.adapter).post(channel, message);
  }

  #of(adapter: string): ChatChannels {
    const found = this.#platforms.get(adapter);
    if (found) return found;
    throw new CommandError(`The hall is not connected to ${adapter}: see "guildhall doctor".`, {
      code: "chat_unavailable",
    });
  }
}
