import {
  markdown,
  type ChatChannel,
  type ChatChannels,
  type Clock,
  type Logger,
  type Settings,
  type WorkspaceName,
} from "@guildhall/sdk";
import { decide } from "./decide.ts";
import { ago } from "./duration.ts";
import type { ReminderMemory } from "./reminder-memory.ts";
import { rulesOf, type WorkspaceSettings } from "./workspace-settings.ts";

/** The newest thing that happened in the watched channels. */
export interface Newest {
  readonly at: Date;
  readonly isOwn: boolean;
  readonly channel: ChatChannel;
}

/** Looks at every workspace and reminds those whose game has stalled. */
export class ReminderRounds {
  readonly #chat: ChatChannels;
  readonly #settings: Pick<Settings<unknown, WorkspaceSettings>, "ofWorkspace">;
  readonly #memory: ReminderMemory;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Workspaces of which a fault of their settings was told; once is enough. */
  readonly #warned = new Set<string>();

  constructor(given: {
    readonly chat: ChatChannels;
    readonly settings: Pick<Settings<unknown, WorkspaceSettings>, "ofWorkspace">;
    readonly memory: ReminderMemory;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#chat = given.chat;
    this.#settings = given.settings;
    this.#memory = given.memory;
    this.#clock = given.clock;
    this.#log = given.log;
  }

  /** One round. A workspace that cannot be looked at stops no other; the first such fault is thrown at the end. */
  async run(signal: AbortSignal): Promise<{ workspaces: number; reminded: number }> {
    const channels = await this.#chat.match({ pattern: /^/ });
    const workspaces = Map.groupBy(channels, ({ adapter, workspaceId }) => `${adapter}/${workspaceId}`);
    let reminded = 0;
    const faults: unknown[] = [];
    for (const own of workspaces.values()) {
      signal.throwIfAborted();
      try {
        if (await this.#look(own)) reminded += 1;
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
    return { workspaces: workspaces.size, reminded };
  }

  /** The newest message of people or of the hall in the watched channels; undefined when there is none. */
  async newest(workspace: WorkspaceName, { channels }: WorkspaceSettings): Promise<Newest | undefined> {
    const watched = await this.#chat.match({ ...workspace, pattern: new RegExp(channels) });
    return await this.#newestOf(watched);
  }

  async #look(channels: readonly ChatChannel[]): Promise<boolean> {
    const [first] = channels;
    if (!first) return false;
    const workspace = { adapter: first.adapter, workspaceId: first.workspaceId };
    const settings = await this.#settings.ofWorkspace(workspace);
    if (!settings.reminders) return false;
    const pattern = new RegExp(settings.channels);
    const watched = channels.filter(({ name }) => pattern.test(name));
    const place = channels.find(({ name }) => name === settings.reminderChannel);
    if (watched.length === 0 || !place) return false;
    if (!watched.includes(place)) {
      this.#warnOnce(workspace, "the channel to remind in is not among those that are watched");
    }
    const memory = await this.#memory.read(workspace);
    const now = this.#clock.now();
    if (memory.due && now < memory.due) return false;
    const newest = await this.#newestOf(watched);
    if (!newest) return false;
    const decision = decide({ newest, memory, rules: rulesOf(settings), now });
    // Remembered before it is said: a server that dies between the two leaves out a reminder, and never repeats one.
    await this.#memory.write(workspace, decision.memory);
    if (!decision.post) return false;
    await this.#chat.post(place, {
      chunks: [markdown(words(decision.post, ago(newest.at, now)))],
      callEveryone: true,
    });
    return true;
  }

  async #newestOf(watched: readonly ChatChannel[]): Promise<Newest | undefined> {
    let newest: Newest | undefined;
    for (const channel of watched) {
      const last = await this.#chat.lastActivity(channel);
      if (last && (!newest || last.at > newest.at)) newest = { ...last, channel };
    }
    return newest;
  }

  #warnOnce({ adapter, workspaceId }: WorkspaceName, fault: string): void {
    const key = `${adapter}/${workspaceId}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#log.warn({ adapter, workspace: workspaceId }, fault);
  }
}

function words(which: "first" | "second", passed: string): string {
  return which === "first"
    ? `Last message was ${passed}. Who's up? Let's play some D&D!`
    : `**Still nobody!** Last message was ${passed}, and the first reminder went unanswered. **Who's up?**`;
}
