import { DIALECTS } from "@guildhall/dice-engine";
import { sql, type JsonValue, type Place, type Sql, type Store } from "@guildhall/sdk";
import { z } from "zod";
import { rolls } from "./tables.ts";

const MOST_WRITTEN = 200;

const LoggedDie = z.tuple([z.union([z.number(), z.string()]), z.number(), z.boolean()]);

/** One roll, as the log has it. */
export const LoggedRoll = z.object({
  id: z.string(),
  action_id: z.string(),
  rolled_at: z.date(),
  user_id: z.string(),
  user_name: z.string(),
  platform: z.string().nullable(),
  workspace_id: z.string().nullable(),
  channel_id: z.string(),
  channel_name: z.string(),
  reason: z.string(),
  character: z.string().nullable(),
  expression: z.string(),
  dialect: z.enum(DIALECTS),
  advantage: z.boolean(),
  disadvantage: z.boolean(),
  reroll_ones: z.boolean(),
  reroll_twos: z.boolean(),
  total: z.string(),
  dice: z.array(LoggedDie),
  by_hand: z.boolean(),
  logged: z.boolean(),
  blind: z.boolean(),
  tell: z.string().nullable(),
  told_at: z.date().nullable(),
  telling: z.string().nullable(),
});
export type LoggedRoll = z.output<typeof LoggedRoll>;

/** Which rolls are wanted. */
export interface RollQuery {
  /** Where the question is asked: the rolls of its workspace, or outside chat of its thread. */
  readonly place: Place;
  /** One person's alone; outside chat wherever they rolled. */
  readonly userId?: string | undefined;
  readonly character?: string | undefined;
  readonly reason?: string | undefined;
  /** A POSIX regular expression that channels' names match. */
  readonly channel?: string | undefined;
  readonly withModifiers: boolean;
  readonly withBlind: boolean;
  /** The newest so many. */
  readonly limit: number;
}

/**
 * The dice log: rolls are only ever added. What comes while a statement is under way goes into the next one, so that many
 * rolls at once cost few statements.
 */
export class DiceLog {
  readonly #store: Store;
  #waiting: LoggedRoll[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor({ store }: { readonly store: Store }) {
    this.#store = store;
  }

  newId(): string {
    return this.#store.newId();
  }

  /** Returns when the rolls are in the store. */
  async add(added: readonly LoggedRoll[]): Promise<void> {
    this.#waiting.push(...added);
    const written = this.#writing.catch(() => undefined).then(() => this.#write());
    this.#writing = written;
    await written;
  }

  async find(query: RollQuery): Promise<LoggedRoll[]> {
    await this.#writing.catch(() => undefined);
    return await this.#store.rows(
      sql`select * from ${rolls} where logged and ${conditions(query)}
          order by rolled_at desc, id desc limit ${query.limit}`,
      LoggedRoll,
    );
  }

  /** A person's last roll in a channel, or the one of an action of theirs. */
  async lastOf(given: {
    readonly userId: string;
    readonly channelId: string;
    readonly actionId?: string | undefined;
  }): Promise<LoggedRoll | undefined> {
    await this.#writing.catch(() => undefined);
    const { userId, channelId, actionId } = given;
    const which = actionId === undefined ? sql`` : sql` and action_id = ${actionId}`;
    const [last] = await this.#store.rows(
      sql`select * from ${rolls} where user_id = ${userId} and channel_id = ${channelId}${which}
          order by rolled_at desc, id desc limit 1`,
      LoggedRoll,
    );
    return last;
  }

  /** Rolls of a time that some channel is still to be told, oldest first. */
  async untold(given: {
    readonly since: Date;
    readonly before: Date;
    readonly limit: number;
  }): Promise<LoggedRoll[]> {
    const { since, before, limit } = given;
    return await this.#store.rows(
      sql`select * from ${rolls} where tell is not null and told_at is null
            and rolled_at > ${since} and rolled_at < ${before}
          order by rolled_at limit ${limit}`,
      LoggedRoll,
    );
  }

  async told(id: string, at: Date): Promise<void> {
    await this.#store.update(rolls, { where: { id }, set: { told_at: at } });
  }

  async #write(): Promise<void> {
    const rows = this.#waiting.splice(0, MOST_WRITTEN);
    if (rows.length === 0) return;
    const document: JsonValue = rows.map((row) => ({
      ...row,
      rolled_at: row.rolled_at.toISOString(),
      told_at: row.told_at?.toISOString() ?? null,
    }));
    await this.#store.execute(
      sql`insert into ${rolls} select * from jsonb_populate_recordset(null::${rolls}, ${JSON.stringify(document)}::jsonb)`,
    );
    if (this.#waiting.length > 0) await this.#write();
  }
}

function conditions(query: RollQuery): Sql {
  const { place, userId, character, reason, channel } = query;
  const where =
    place.platform !== null
      ? sql`platform = ${place.platform} and workspace_id is not distinct from ${place.workspaceId}`
      : userId === undefined
        ? sql`channel_id = ${place.channelId}`
        : sql`true`;
  const parts = [
    ...(userId === undefined ? [] : [sql` and user_id = ${userId}`]),
    ...(character === undefined ? [] : [sql` and lower(character) = lower(${character})`]),
    ...(reason === undefined ? [] : [sql` and lower(reason) = lower(${reason})`]),
    ...(channel === undefined ? [] : [sql` and channel_name ~ ${channel}`]),
    ...(query.withModifiers ? [] : [sql` and not (advantage or disadvantage or reroll_ones or reroll_twos)`]),
    ...(query.withBlind ? [] : [sql` and not blind`]),
  ];
  return parts.reduce((all, part) => sql`${all}${part}`, where);
}
