import { MIME } from "@guildhall/sdk";
import { sql } from "kysely";
import { mayReadAction } from "./access.ts";
import { notFound } from "./data-error.ts";
import type { Database } from "./database.ts";

const PAGE = 1000;
/** What is made for a page that is looked at, and says nothing in a file. */
const PASSING_KINDS: readonly string[] = [MIME.progress, MIME.buttons];

/** Whole outputs of actions, read a page of chunks at a time so that a long one takes no more memory than a short one. */
export class ActionOutput {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  /**
   * The texts of an action in their order, each ended by a line feed, up to where it is now.
   *
   * @throws DataError `not_found`
   */
  async open(
    userId: string,
    actionId: string,
  ): Promise<{ readonly handler_name: string; readonly texts: AsyncIterable<string> }> {
    const action = await this.#database.queries
      .selectFrom("actions.actions as a")
      .select(["a.handler_name", "a.last_order"])
      .select(sql<boolean>`a.user_id = ${userId}`.as("is_own"))
      .where("a.id", "=", actionId)
      .where(mayReadAction(userId))
      .executeTakeFirst();
    if (!action) throw notFound("action");
    const { handler_name, last_order, is_own } = action;
    return { handler_name, texts: this.#texts(actionId, { last: last_order, isOwn: is_own }) };
  }

  async *#texts(actionId: string, { last, isOwn }: { last: number; isOwn: boolean }): AsyncGenerator<string> {
    for (let after = 0; after < last;) {
      const rows = await this.#database.queries
        .selectFrom("actions.action_response_chunks as c")
        .select(["c.order", "c.text_content"])
        .where("c.action_id", "=", actionId)
        .where("c.order", ">", after)
        .where("c.order", "<=", last)
        .where("c.text_content", "is not", null)
        .where("c.mime", "not in", PASSING_KINDS)
        .where(sql<boolean>`(${isOwn} or c.audience = 'thread')`)
        .orderBy("c.order")
        .limit(PAGE)
        .execute();
      const page = rows.map(({ text_content }) => text_content ?? "");
      yield page.map((text) => (text.endsWith("\n") ? text : `${text}\n`)).join("");
      after = rows.length < PAGE ? last : (rows.at(-1)?.order ?? last);
    }
  }
}
