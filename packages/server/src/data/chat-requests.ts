import { sql } from "kysely";
import type { Database } from "./database.ts";

/** An action of chat whose answer its platform has not had, or not all of it. */
export interface OpenChatRequest {
  readonly action_id: string;
  readonly user_id: string;
  readonly adapter: string;
  /** Null for a direct message that belongs to no workspace. */
  readonly workspace_id: string | null;
  readonly channel_id: string;
  readonly thread_id: string;
  readonly is_private: boolean;
  readonly account_id: string;
  readonly reply: string;
  readonly answered_order: number;
}

/** Which answers chat platforms still have to get, and from which server. */
export class ChatRequests {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** Notes how far the platform has taken the answer. */
  async answered(actionId: string, order: number): Promise<void> {
    await this.#database.queries
      .updateTable("chat.requests")
      .set({ answered_order: order })
      .where("action_id", "=", actionId)
      .execute();
  }

  /** Notes that the platform has all of the answer, or will never get it. */
  async close(actionId: string): Promise<void> {
    await this.#database.queries
      .updateTable("chat.requests")
      .set({ answered_at: this.#now() })
      .where("action_id", "=", actionId)
      .execute();
  }

  /** Takes over the open requests of servers that are gone; each is returned to one caller only. */
  async takeOver(adapter: string, serverId: string): Promise<OpenChatRequest[]> {
    const { rows } = await sql<OpenChatRequest>`
      with stranded as (
        select q.action_id from chat.requests q
        join chat.channels c on c.id = q.channel_id join chat.workspaces w on w.id = c.workspace_id
        where q.answered_at is null and w.adapter = ${adapter}
          and q.server_id not in (select id from actions.runners)
        for update of q skip locked
      )
      update chat.requests q set server_id = ${serverId}
      from stranded, actions.actions a, chat.channels c, chat.workspaces w, people.identities i
      where q.action_id = stranded.action_id and a.id = q.action_id and c.id = q.channel_id
        and w.id = c.workspace_id and i.id = q.identity_id
      returning q.action_id, a.user_id, w.adapter, nullif(w.external_id, '') as workspace_id,
        c.external_id as channel_id, c.thread_id, c.is_private, i.external_id as account_id, q.reply, q.answered_order`.execute(
      this.#database.queries,
    );
    return rows;
  }

  /** Forgets requests that were answered before an instant. */
  async dropAnsweredBefore(instant: Date): Promise<void> {
    await this.#database.queries.deleteFrom("chat.requests").where("answered_at", "<", instant).execute();
  }
}
