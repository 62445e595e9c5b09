import {
  CommandError,
  defineTable,
  instant,
  plainText,
  sql,
  uuid,
  varchar,
  type ChatChannels,
  type Clock,
  type Logger,
  type Store,
} from "@guildhall/sdk";
import { z } from "zod";

/** How long a follow-up is tried when the platform does not take it. */
const PATIENCE_MILLISECONDS = 86_400_000;
/** No person has more than this many waiting. */
export const MOST_FOLLOW_UPS = 50;
const BATCH = 100;

/** What people asked to be told later, and where. */
export const followUps = defineTable(
  "follow_ups",
  {
    id: uuid().primaryKey(),
    user_id: uuid(),
    display_name: varchar(),
    adapter: varchar(),
    workspace_id: varchar(),
    channel_id: varchar(),
    what: varchar(),
    due_at: instant(),
  },
  { indexes: [{ columns: ["due_at"] }, { columns: ["user_id"] }] },
);

const FollowUp = z.object({
  id: z.string(),
  display_name: z.string(),
  adapter: z.string(),
  workspace_id: z.string(),
  channel_id: z.string(),
  what: z.string(),
  due_at: z.date(),
});
/** One thing to tell somebody later. */
export type FollowUp = z.infer<typeof FollowUp>;

/** People's follow-ups: kept in the store until they are told, so that a restart loses none. */
export class FollowUps {
  readonly #store: Store;
  readonly #chat: ChatChannels;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(given: {
    readonly store: Store;
    readonly chat: ChatChannels;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#store = given.store;
    this.#chat = given.chat;
    this.#clock = given.clock;
    this.#log = given.log;
  }

  /** Keeps one. @throws CommandError when the person has too many */
  async add(userId: string, followUp: Omit<FollowUp, "id">): Promise<void> {
    if ((await this.list(userId)).length >= MOST_FOLLOW_UPS) {
      throw new CommandError(`You have ${MOST_FOLLOW_UPS} follow-ups already: cancel one first.`, {
        code: "too_many",
      });
    }
    await this.#store.insert(followUps, { id: this.#store.newId(), user_id: userId, ...followUp });
  }

  /** A person's, the soonest first. */
  async list(userId: string): Promise<FollowUp[]> {
    const rows = await this.#store.find(followUps, {
      where: { user_id: userId },
      orderBy: [
        ["due_at", "asc"],
        ["id", "asc"],
      ],
    });
    return z.array(FollowUp).parse(rows);
  }

  /** Takes back one of a person's. False when it is not there. */
  async cancel(userId: string, id: string): Promise<boolean> {
    return (await this.#store.remove(followUps, { id, user_id: userId })) > 0;
  }

  /** Tells what is due. One that the platform does not take is tried again for a day. Returns how many were told. */
  async tellDue(signal: AbortSignal): Promise<number> {
    const now = this.#clock.now();
    const due = await this.#store.rows(
      sql`select * from ${followUps} where due_at <= ${now} order by due_at, id limit ${BATCH}`,
      FollowUp,
    );
    let told = 0;
    for (const one of due) {
      signal.throwIfAborted();
      try {
        await this.#chat.post(
          { adapter: one.adapter, workspaceId: one.workspace_id, channelId: one.channel_id },
          { chunks: [plainText(`${one.display_name}, you wanted to be told: ${one.what}`)] },
        );
        told += 1;
      } catch (error) {
        const fault = error instanceof Error ? error : new Error(String(error));
        this.#log.warn({ err: fault, followUp: one.id }, "a follow-up could not be told");
        if (now.getTime() - one.due_at.getTime() < PATIENCE_MILLISECONDS) continue;
      }
      await this.#store.remove(followUps, { id: one.id });
    }
    return told;
  }
}
