import {
  CommandError,
  DEFAULT_CACHE_SECONDS,
  type Cache,
  type ChatChannels,
  type Clock,
  type Place,
  type WorkspaceName,
} from "@guildhall/sdk";
import { z } from "zod";

const Known = z.array(z.object({ id: z.string(), name: z.string() }));
const EVERY = /(?:)/;
const KEPT_NAMES = 10_000;

/** The channels of workspaces by their names. */
export class TableChannels {
  readonly #chat: ChatChannels;
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #names = new Map<string, { readonly name: string; readonly until: number }>();

  constructor(given: { readonly chat: ChatChannels; readonly cache: Cache; readonly clock: Clock }) {
    this.#chat = given.chat;
    this.#cache = given.cache;
    this.#clock = given.clock;
  }

  /** The name of a channel as {@link nameOf} told it lately; undefined where that has to be asked, which may take long. */
  knownName(workspace: WorkspaceName, channelId: string): string | undefined {
    const known = this.#names.get(keyOf(workspace, channelId));
    return known && known.until > this.#clock.now().getTime() ? known.name : undefined;
  }

  /** The name of a channel; its id where the platform does not tell. */
  async nameOf(workspace: WorkspaceName, channelId: string): Promise<string> {
    try {
      const found = (await this.#of(workspace)).find(({ id }) => id === channelId);
      const name = found?.name ?? channelId;
      if (this.#names.size >= KEPT_NAMES) this.#names.clear();
      const until = this.#clock.now().getTime() + DEFAULT_CACHE_SECONDS * 1000;
      this.#names.set(keyOf(workspace, channelId), { name, until });
      return name;
    } catch (error) {
      if (error instanceof CommandError) return channelId;
      throw error;
    }
  }

  /** The id of the channel of that name or id. @throws CommandError `channel_not_found`, or `chat_unavailable` */
  async require(workspace: WorkspaceName, wanted: string): Promise<string> {
    const name = wanted.trim().replace(/^#/, "");
    const found = (await this.#of(workspace)).find((channel) => isCalled(channel, name));
    if (found) return found.id;
    throw new CommandError(
      `There is no channel "${name}" that the hall can see: give its name, and invite the hall into it where it is private.`,
      { code: "channel_not_found" },
    );
  }

  async #of(workspace: WorkspaceName): Promise<z.output<typeof Known>> {
    return await this.#cache.read({
      key: `channels ${workspace.adapter} ${workspace.workspaceId}`,
      schema: Known,
      load: async () => {
        const found = await this.#chat.match({ ...workspace, pattern: EVERY });
        return found.map(({ channelId: id, name }) => ({ id, name }));
      },
    });
  }
}

/** Whether a channel is the one of that name or id. */
export function isCalled(channel: { readonly id: string; readonly name: string }, wanted: string): boolean {
  return channel.id === wanted || channel.name.toLowerCase() === wanted.toLowerCase();
}

/** Whether a place is private by its platform's own account. Slack's public channels have ids that begin with C (M-28). */
export function isPrivatePlace({ platform, channelId, isPrivate }: Place): boolean {
  return isPrivate || (platform === "slack" && !channelId.startsWith("C"));
}

function keyOf({ adapter, workspaceId }: WorkspaceName, channelId: string): string {
  return `${adapter} ${workspaceId} ${channelId}`;
}
