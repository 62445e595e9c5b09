import type { Chunk, JsonValue } from "@guildhall/sdk";
import { sql, type Kysely, type Transaction } from "kysely";
import { mayReadAction } from "./access.ts";
import { chunkRow, type ActionEnd } from "./action-log.ts";
import { actionColumns, readChunksOf, requireOwnAction } from "./action-rows.ts";
import { DataError, notFound } from "./data-error.ts";
import type { Database } from "./database.ts";
import { readHandlerConfiguration, writeHandlerConfiguration } from "./handler-configurations.ts";
import { migrateToLatest } from "./migrations.ts";
import type {
  Action,
  ActionHandlerConfiguration,
  ActionResponseChunk,
  Thread,
  ThreadAction,
  ThreadSummary,
  User,
} from "./models.ts";
import { storable, storableJson } from "./storable.ts";
import type { Tables } from "./tables/all-tables.ts";
import {
  changeThreadLink,
  linkToThread,
  unlinkFromThread,
  type ThreadActionPatch,
} from "./thread-actions.ts";
import { storeEvent } from "./thread-events.ts";
import {
  accessibleThreads,
  readThreadPage,
  requireThread,
  threadHolds,
  threadSummary,
  type ThreadPage,
} from "./thread-rows.ts";
import { insertUser, USER_COLUMNS, type NewUser } from "./user-rows.ts";
import { newId } from "./uuid.ts";

type Queries = Kysely<Tables>;

/**
 * The store's promised operations (requirements S004-6 to S004-16). Each takes the user who asks; what that user may
 * not see is not found.
 */
export class DataAccessor {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  get #queries(): Queries {
    return this.#database.queries;
  }

  /** Brings the store's tables up to date. */
  async createAllTables(): Promise<void> {
    await migrateToLatest(this.#database);
  }

  /** @throws DataError `email_taken` */
  async createUser(user: NewUser): Promise<User> {
    return await insertUser(this.#queries, { ...user, at: this.#now() });
  }

  /** @throws DataError `not_found` */
  async getUser(id: string): Promise<User> {
    const user = await this.#queries
      .selectFrom("people.users")
      .select(USER_COLUMNS)
      .where("id", "=", id)
      .executeTakeFirst();
    if (!user) throw notFound("user");
    return user;
  }

  /** The user with this e-mail address, in any case of letters. */
  async getUserByEmail(email: string): Promise<User | undefined> {
    return await this.#queries
      .selectFrom("people.users")
      .select(USER_COLUMNS)
      .where("email", "=", storable(email.toLowerCase()))
      .executeTakeFirst();
  }

  /**
   * The user's own threads and those shared with them, newest first, from before the id `before`; with `search` only
   * those that hold this text.
   */
  async listThreads(
    userId: string,
    page: { limit: number; before?: string | undefined; search?: string | undefined },
  ): Promise<{ threads: ThreadSummary[]; hasMore: boolean }> {
    let query = accessibleThreads(this.#queries, userId, "read")
      .orderBy("t.id", "desc")
      .limit(page.limit + 1);
    if (page.before !== undefined) query = query.where("t.id", "<", page.before);
    if (page.search) query = query.where(threadHolds(page.search));
    const rows = await query.execute();
    return { threads: rows.slice(0, page.limit).map(threadSummary), hasMore: rows.length > page.limit };
  }

  /** A thread with a page of its actions and their output, all read at one instant. @throws DataError `not_found` */
  async getThread(userId: string, threadId: string, page: ThreadPage): Promise<Thread> {
    return await this.#queries
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute(async (transaction) => {
        const summary = await requireThread(transaction, { userId, threadId, access: "read" });
        return { ...summary, ...(await readThreadPage(transaction, { userId, threadId, page })) };
      });
  }

  async createThread(
    userId: string,
    { title, description }: { title: string; description: string },
  ): Promise<ThreadSummary> {
    const row = await this.#queries
      .insertInto("threads.threads")
      .values({
        id: newId(),
        user_id: userId,
        created_at: this.#now(),
        title: storable(title),
        description: storable(description),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return threadSummary({ ...row, role: "owner", is_shared: false });
  }

  /** Changes what is given and leaves the rest; an empty string is a value. @throws DataError `not_found` */
  async patchThread(
    userId: string,
    threadId: string,
    patch: { title?: string | undefined; description?: string | undefined },
  ): Promise<ThreadSummary> {
    return await this.#queries.transaction().execute(async (transaction) => {
      const before = await requireThread(transaction, { userId, threadId, access: "write" });
      const title = storable(patch.title ?? before.title);
      const description = storable(patch.description ?? before.description);
      await transaction
        .updateTable("threads.threads")
        .set({ title, description })
        .where("id", "=", threadId)
        .execute();
      await this.#tell(transaction, {
        threadIds: [threadId],
        type: "thread-changed",
        payload: { title, description },
      });
      return { ...before, title, description, last_seq: before.last_seq + 1 };
    });
  }

  /** Removes the thread and its links to actions; the actions stay. @throws DataError `not_found` */
  async deleteThread(userId: string, threadId: string): Promise<void> {
    await this.#queries.transaction().execute(async (transaction) => {
      await requireThread(transaction, { userId, threadId, access: "own" });
      await transaction.deleteFrom("threads.threads").where("id", "=", threadId).execute();
    });
  }

  /** An action in no thread yet, accepted and not run by this hall. */
  async createAction(
    userId: string,
    action: { handler_name: string; request: JsonValue; title: string; raw_text: string },
  ): Promise<Action> {
    const { id } = await this.#queries
      .insertInto("actions.actions")
      .values({
        id: newId(),
        user_id: userId,
        handler_name: action.handler_name,
        request: JSON.stringify(storableJson(action.request)),
        title: storable(action.title),
        raw_text: storable(action.raw_text),
        created_at: this.#now(),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return await this.getAction(userId, id);
  }

  /** An action with its output, or with its `lastChunks` last chunks. @throws DataError `not_found` */
  async getAction(
    userId: string,
    actionId: string,
    { lastChunks }: { lastChunks?: number } = {},
  ): Promise<Action> {
    const action = await this.#queries
      .selectFrom("actions.actions as a")
      .select(actionColumns)
      .where("a.id", "=", actionId)
      .where(mayReadAction(userId))
      .executeTakeFirst();
    if (!action) throw notFound("action");
    const chunks = await readChunksOf(this.#queries, {
      readerId: userId,
      actions: [action],
      last: lastChunks,
    });
    return { ...action, response_chunks: chunks.get(actionId) ?? [] };
  }

  /** All of a chunk, as bytes; a text as UTF-8. @throws DataError `not_found` */
  async getChunkBytes(
    userId: string,
    actionId: string,
    order: number,
  ): Promise<{ mime: string; name: string | null; bytes: Buffer; isText: boolean }> {
    const chunk = await this.#queries
      .selectFrom("actions.action_response_chunks as c")
      .innerJoin("actions.actions as a", "a.id", "c.action_id")
      .select(["c.mime", "c.name", "c.binary_content", "c.text_content"])
      .where("c.action_id", "=", actionId)
      .where("c.order", "=", order)
      .where(mayReadAction(userId))
      .where(sql<boolean>`(c.audience = 'thread' or a.user_id = ${userId})`)
      .executeTakeFirst();
    if (!chunk) throw notFound("chunk");
    const { mime, name, binary_content, text_content } = chunk;
    const bytes = Buffer.from(binary_content ?? text_content ?? "");
    return { mime, name, bytes, isText: binary_content === null };
  }

  /** Renames the user's own action. @throws DataError `not_found` */
  async patchAction(userId: string, actionId: string, patch: { title: string }): Promise<Action> {
    const title = storable(patch.title);
    await this.#queries.transaction().execute(async (transaction) => {
      await requireOwnAction(transaction, userId, actionId);
      await transaction.updateTable("actions.actions").set({ title }).where("id", "=", actionId).execute();
      await this.#tellThreadsOf(transaction, actionId, { type: "action-changed", payload: { title } });
    });
    return await this.getAction(userId, actionId);
  }

  /** Ends the user's own action; one that has ended already stays as it is. @throws DataError `not_found` */
  async completeAction(userId: string, actionId: string, end?: Omit<ActionEnd, "at">): Promise<Action> {
    const { state, error: given } = end ?? { state: "completed", error: null };
    const error = given && { ...given, code: storable(given.code), message: storable(given.message) };
    const at = this.#now();
    await this.#queries.transaction().execute(async (transaction) => {
      await requireOwnAction(transaction, userId, actionId);
      const { numUpdatedRows } = await transaction
        .updateTable("actions.actions")
        .set({ is_completed: true, state, error: error && JSON.stringify(error), completed_at: at })
        .where("id", "=", actionId)
        .where("is_completed", "=", false)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
      const payload = { state, error, completed_at: at.toISOString() };
      await this.#tellThreadsOf(transaction, actionId, { type: "action-completed", payload });
    });
    return await this.getAction(userId, actionId);
  }

  /** Adds a chunk after the last one of the user's own action. @throws DataError `not_found`, `action_ended` */
  async appendResponseToAction(userId: string, actionId: string, chunk: Chunk): Promise<ActionResponseChunk> {
    const { base64, ...row } = chunkRow(chunk);
    return await this.#queries.transaction().execute(async (transaction) => {
      await requireOwnAction(transaction, userId, actionId);
      const { last_order: order } = await transaction
        .updateTable("actions.actions")
        .set({ last_order: sql<number>`last_order + 1` })
        .where("id", "=", actionId)
        .where("is_completed", "=", false)
        .returning("last_order")
        .executeTakeFirstOrThrow(
          () => new DataError("action_ended", "The action has ended; nothing can be added."),
        );
      await transaction
        .insertInto("actions.action_response_chunks")
        .values({
          ...row,
          action_id: actionId,
          order,
          binary_content: base64 === null ? null : Buffer.from(base64, "base64"),
          created_at: this.#now(),
        })
        .execute();
      await this.#tellThreadsOf(transaction, actionId, { type: "action-response-chunk", chunkOrder: order });
      return { ...row, action_id: actionId, order, is_binary: base64 !== null };
    });
  }

  /**
   * Puts an action last in a thread; its question is hidden and its answer shown until that is changed.
   *
   * @throws DataError `not_found` for the thread or the action, `action_already_in_thread`
   */
  async appendActionToThread(userId: string, threadId: string, actionId: string): Promise<ThreadAction> {
    const asked = { userId, threadId, actionId, at: this.#now() };
    const link = await this.#queries.transaction().execute((transaction) => linkToThread(transaction, asked));
    return { ...link, action: await this.getAction(userId, actionId) };
  }

  /** Removes the link; the action stays. @throws DataError `not_found` */
  async removeActionFromThread(userId: string, threadId: string, actionId: string): Promise<void> {
    const asked = { userId, threadId, actionId, at: this.#now() };
    await this.#queries.transaction().execute((transaction) => unlinkFromThread(transaction, asked));
  }

  /** Shows or hides question and answer of an action in one thread. @throws DataError `not_found` */
  async patchThreadAction(
    userId: string,
    threadId: string,
    actionId: string,
    patch: ThreadActionPatch,
  ): Promise<ThreadAction> {
    const asked = { userId, threadId, actionId, at: this.#now() };
    const link = await this.#queries
      .transaction()
      .execute((transaction) => changeThreadLink(transaction, asked, patch));
    return { ...link, action: await this.getAction(userId, actionId) };
  }

  /** The user's settings of a command; `{}` when none were made. */
  async getActionHandlerUserConfig(userId: string, handlerName: string): Promise<ActionHandlerConfiguration> {
    return await readHandlerConfiguration(this.#queries, { userId, handlerName });
  }

  /** Makes or replaces the user's settings of a command. */
  async setActionHandlerUserConfig(
    userId: string,
    handlerName: string,
    configuration: JsonValue,
  ): Promise<ActionHandlerConfiguration> {
    const at = this.#now();
    return await writeHandlerConfiguration(this.#queries, { userId, handlerName, configuration, at });
  }

  /** Every thread that holds the action, whoever owns it; for those who tell the threads, not for a person. */
  async getThreadIdsForAction(actionId: string): Promise<string[]> {
    const rows = await this.#queries
      .selectFrom("threads.thread_actions")
      .select("thread_id")
      .where("action_id", "=", actionId)
      .orderBy("thread_id")
      .execute();
    return rows.map((row) => row.thread_id);
  }

  async #tell(
    transaction: Transaction<Tables>,
    event: Omit<Parameters<typeof storeEvent>[1], "at">,
  ): Promise<void> {
    await storeEvent(transaction, { ...event, at: this.#now() });
  }

  async #tellThreadsOf(
    transaction: Transaction<Tables>,
    actionId: string,
    event: { type: string; payload?: JsonValue; chunkOrder?: number },
  ): Promise<void> {
    const links = await transaction
      .selectFrom("threads.thread_actions")
      .select("thread_id")
      .where("action_id", "=", actionId)
      .execute();
    await this.#tell(transaction, { ...event, threadIds: links.map((link) => link.thread_id), actionId });
  }
}
