import { DIALECTS } from "@guildhall/dice-engine";
import { sql, type CommandContext, type Place, type Sql, type Store } from "@guildhall/sdk";
import { z } from "zod";
import { rolls } from "./tables.ts";

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
  named: z.boolean(),
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

/** What is known of a roll once its channel's name is. */
export type NamedRoll = Pick<LoggedRoll, "channel_name" | "named" | "logged" | "tell" | "telling">;

/** Rolls of a time, oldest first. */
export interface RollSpan {
  readonly since: Date;
  readonly before: Date;
  readonly limit: number;
}

/** The dice log: rolls are only ever added, each in the statement that records its action. */
export class DiceLog {
  readonly #store: Store;
  #naming: Promise<unknown> = Promise.resolve();

  constructor({ store }: { readonly store: Store }) {
    this.#store = store;
  }

  newId(): string {
    return this.#store.newId();
  }

  /** Has a roll stored together with what its command puts out next. */
  add(roll: LoggedRoll, context: Pick<CommandContext, "withRecord">): void {
    context.withRecord(rolls, { ...roll, dice: JSON.stringify(roll.dice) });
  }

  async find(query: RollQuery): Promise<LoggedRoll[]> {
    await this.#naming;
    return await this.#store.rows(
      sql`select * from ${rolls} where logged and named and ${conditions(query)}
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
    const { userId, channelId, actionId } = given;
    const which = actionId === undefined ? sql`` : sql` and action_id = ${actionId}`;
    const [last] = await this.#store.rows(
      sql`select * from ${rolls} where user_id = ${userId} and channel_id = ${channelId}${which}
          order by rolled_at desc, id desc limit 1`,
      LoggedRoll,
    );
    return last;
  }

  /** Rolls that some channel is still to be told. */
  async untold({ since, before, limit }: RollSpan): Promise<LoggedRoll[]> {
    return await this.#store.rows(
      sql`select * from ${rolls} where named and tell is not null and told_at is null
            and rolled_at > ${since} and rolled_at < ${before}
          order by rolled_at limit ${limit}`,
      LoggedRoll,
    );
  }

  /** Rolls of channels whose names were not known when they were made, and have not been put in since. */
  async unnamed({ since, before, limit }: RollSpan): Promise<LoggedRoll[]> {
    return await this.#store.rows(
      sql`select * from ${rolls} where not named and rolled_at > ${since} and rolled_at < ${before}
          order by rolled_at limit ${limit}`,
      LoggedRoll,
    );
  }

  /** Puts in what is known now; false when somebody else has done so. */
  async name(id: string, known: NamedRoll): Promise<boolean> {
    const done = this.#store.update(rolls, { where: { id, named: false }, set: known });
    this.#naming = Promise.allSettled([this.#naming, done]);
    return (await done) > 0;
  }

  async told(id: string, at: Date): Promise<void> {
    await this.#store.update(rolls, { where: { id }, set: { told_at: at } });
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
