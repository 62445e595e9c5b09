import { sql, type Kysely } from "kysely";
import { DataError, notFound } from "./data-error.ts";
import type { Database } from "./database.ts";
import type { ThreadMember } from "./models.ts";
import { storable } from "./storable.ts";
import type { Tables } from "./tables/all-tables.ts";
import { storeEvent } from "./thread-events.ts";
import { requireThread } from "./thread-rows.ts";

/** What somebody may do in a thread of another person. */
export type MemberRole = "reader" | "writer";

/** With whom threads are shared. Only a thread's owner shares it; whoever may read it sees with whom. */
export class ThreadMembers {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** The owner first, then the others in the order in which they came. @throws DataError `not_found` */
  async list(userId: string, threadId: string): Promise<ThreadMember[]> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      await requireThread(transaction, { userId, threadId, access: "read" });
      return await readMembers(transaction, threadId);
    });
  }

  /**
   * Lets the person with this e-mail address in, or changes what they may do.
   *
   * @throws DataError `not_found`, `no_such_person`, `already_owner`
   */
  async share(
    userId: string,
    threadId: string,
    given: { email: string; role: MemberRole },
  ): Promise<ThreadMember> {
    const email = storable(given.email.toLowerCase());
    return await this.#database.queries.transaction().execute(async (transaction) => {
      await requireThread(transaction, { userId, threadId, access: "own" });
      const person = await transaction
        .selectFrom("people.users")
        .select("id")
        .where("email", "=", email)
        .where("kind", "=", "person")
        .where("is_active", "=", true)
        .executeTakeFirst();
      if (!person) {
        throw new DataError("no_such_person", `Nobody in this hall has the e-mail address ${email}.`);
      }
      if (person.id === userId) throw new DataError("already_owner", "The thread is yours already.");
      return await this.#put(transaction, { threadId, memberId: person.id, role: given.role });
    });
  }

  /** Changes what a member may do. @throws DataError `not_found` for the thread or the member */
  async changeRole(
    userId: string,
    threadId: string,
    change: { memberId: string; role: MemberRole },
  ): Promise<ThreadMember> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      await requireThread(transaction, { userId, threadId, access: "own" });
      const found = await transaction
        .selectFrom("threads.thread_members")
        .select("role")
        .where("thread_id", "=", threadId)
        .where("user_id", "=", change.memberId)
        .executeTakeFirst();
      if (!found) throw notFound("member of this thread");
      return await this.#put(transaction, { threadId, ...change });
    });
  }

  /** Takes the thread back from a member; a member may do so for themselves. @throws DataError `not_found` */
  async remove(userId: string, threadId: string, memberId: string): Promise<void> {
    await this.#database.queries.transaction().execute(async (transaction) => {
      const thread = await requireThread(transaction, { userId, threadId, access: "read" });
      if (thread.role !== "owner" && memberId !== userId) throw notFound("member of this thread");
      const { numDeletedRows } = await transaction
        .deleteFrom("threads.thread_members")
        .where("thread_id", "=", threadId)
        .where("user_id", "=", memberId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw notFound("member of this thread");
      await storeEvent(transaction, {
        threadIds: [threadId],
        type: "member-removed",
        payload: { user_id: memberId },
        at: this.#now(),
      });
    });
  }

  async #put(
    transaction: Kysely<Tables>,
    { threadId, memberId, role }: { threadId: string; memberId: string; role: MemberRole },
  ): Promise<ThreadMember> {
    const at = this.#now();
    await transaction
      .insertInto("threads.thread_members")
      .values({ thread_id: threadId, user_id: memberId, role, created_at: at })
      .onConflict((conflict) => conflict.columns(["thread_id", "user_id"]).doUpdateSet({ role }))
      .execute();
    const [member] = await readMembers(transaction, threadId, memberId);
    if (!member) throw notFound("member of this thread");
    await storeEvent(transaction, {
      threadIds: [threadId],
      type: "member-changed",
      payload: { user_id: memberId, display_name: member.display_name, role },
      at,
    });
    return member;
  }
}

/** The thread's owner and members, or one member alone. */
async function readMembers(
  queries: Kysely<Tables>,
  threadId: string,
  memberId?: string,
): Promise<ThreadMember[]> {
  const { rows } = await sql<ThreadMember>`
    select u.id as user_id, u.email, u.display_name, m.role, m.created_at as since from (
      select user_id, 'owner' as role, created_at from threads.threads where id = ${threadId}
      union all
      select user_id, role, created_at from threads.thread_members where thread_id = ${threadId}
    ) m join people.users u on u.id = m.user_id
    where ${memberId ?? null}::uuid is null or u.id = ${memberId ?? null}::uuid
    order by m.role <> 'owner', m.created_at, u.id`.execute(queries);
  return rows;
}
