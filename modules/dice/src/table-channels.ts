import { CommandError, type Cache, type ChatChannels, type Place, type WorkspaceName } from "@guildhall/sdk";
import { z } from "zod";

const Known = z.array(z.object({ id: z.string(), name: z.string() }));
const EVERY = /(?:)/;

/** The channels of workspaces by their names. */
export class TableChannels {
  readonly #chat: ChatChannels;
  readonly #cache: Cache;

  constructor({ chat, cache }: { readonly chat: ChatChannels; readonly cache: Cache }) {
    this.#chat = chat;
    this.#cache = cache;
  }

  /** The name of a channel; its id where the platform does not tell. */
  async nameOf(workspace: WorkspaceName, channelId: string): Promise<string> {
    const channels = await this.#of(workspace).catch((error: unknown) => {
      if (error instanceof CommandError) return [];
      throw error;
    });
    return channels.find(({ id }) => id === channelId)?.name ?? channelId;
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
