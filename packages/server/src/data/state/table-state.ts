import type { JsonValue, State } from "@guildhall/sdk";
import { sql, type Transaction } from "kysely";
import type { Database } from "../database.ts";
import { storable, storableJson } from "../storable.ts";
import type { Tables } from "../tables/all-tables.ts";
import { updatedTimeKey } from "./updated-time-key.ts";

// One statement, and so one commit. Each table's rows in one order for all writers, so that two never wait for each
// other.
const TALLY = `
with counted as (
  insert into state.counters (key, value)
  select key, value from unnest($1::text[], $2::int8[]) as x(key, value) order by key
  on conflict (key) do update set value = state.counters.value + excluded.value
), member as (
  insert into state.set_members (key, member)
  select distinct key, member from unnest($3::text[], $4::text[]) as x(key, member) order by key, member
  on conflict do nothing
)
insert into state.updated_times (key, updated_time) select key, $6 from unnest($5::text[]) as x(key) order by key
on conflict (key) do update set changed_in = excluded.changed_in,
  updated_time = greatest(state.updated_times.updated_time + interval '1 microsecond', excluded.updated_time)`;

/** {@link State} in the tables of the SQL schema `state`. */
export class TableState implements State {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  async get(key: string): Promise<JsonValue | undefined> {
    const row = await this.#database.queries
      .selectFrom("state.documents")
      .select("value")
      .where("key", "=", key)
      .executeTakeFirst();
    return row?.value;
  }

  async set(key: string, value: JsonValue): Promise<void> {
    await this.#write([key], (transaction) => storeDocument(transaction, key, value));
  }

  async update(key: string, change: (value: JsonValue | undefined) => JsonValue): Promise<JsonValue> {
    return await this.#write([key], async (transaction) => {
      // The stamp above locked the key's row, so that whoever else updates it waits.
      const row = await transaction
        .selectFrom("state.documents")
        .select("value")
        .where("key", "=", key)
        .executeTakeFirst();
      const value = change(row?.value);
      await storeDocument(transaction, key, value);
      return value;
    });
  }

  async getCount(key: string): Promise<bigint> {
    const row = await this.#database.queries
      .selectFrom("state.counters")
      .select("value")
      .where("key", "=", key)
      .executeTakeFirst();
    return row?.value ?? 0n;
  }

  async increment(amounts: ReadonlyMap<string, number>): Promise<void> {
    await this.#tally({ amounts, members: new Map() });
  }

  async addToSet(key: string, members: readonly string[]): Promise<void> {
    await this.#tally({ amounts: new Map(), members: new Map([[key, members]]) });
  }

  async #tally({
    amounts,
    members,
  }: {
    amounts: ReadonlyMap<string, number>;
    members: ReadonlyMap<string, readonly string[]>;
  }): Promise<void> {
    const added = [...members].flatMap(([key, some]) =>
      some.map((member) => [key, storable(member)] as const),
    );
    const stamped = new Set([...amounts.keys(), ...added.map(([key]) => key)].map(updatedTimeKey));
    if (stamped.size === 0) return;
    await this.#database.pool.query({
      name: "tally",
      text: TALLY,
      values: [
        [...amounts.keys()],
        [...amounts.values()],
        added.map(([key]) => key),
        added.map(([, member]) => member),
        [...stamped],
        this.#now(),
      ],
    });
  }

  async getSet(key: string): Promise<string[]> {
    const rows = await this.#database.queries
      .selectFrom("state.set_members")
      .select("member")
      .where("key", "=", key)
      .orderBy("member")
      .execute();
    return rows.map((row) => row.member);
  }

  async updatedTime(key: string): Promise<Date | undefined> {
    const row = await this.#database.queries
      .selectFrom("state.updated_times")
      .select("updated_time")
      .where("key", "=", updatedTimeKey(key))
      .executeTakeFirst();
    return row?.updated_time;
  }

  async scan(prefix: string): Promise<string[]> {
    const { rows } = await sql<{ key: string }>`
      select key from (
        select key from state.documents union select key from state.counters
        union select distinct key from state.set_members
      ) as keys where starts_with(key, ${prefix}) order by key collate "C"`.execute(this.#database.queries);
    return rows.map((row) => row.key);
  }

  async #write<Result>(
    keys: readonly string[],
    work: (transaction: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result> {
    const stamped = [...new Set(keys.map(updatedTimeKey))].toSorted();
    return await this.#database.queries.transaction().execute(async (transaction) => {
      await transaction
        .insertInto("state.updated_times")
        .values(stamped.map((key) => ({ key, updated_time: this.#now() })))
        .onConflict((conflict) =>
          // Clocks differ and are set back; the time of a key moves on with each write all the same.
          conflict.column("key").doUpdateSet({
            changed_in: sql`excluded.changed_in`,
            updated_time: sql`greatest(state.updated_times.updated_time + interval '1 microsecond', excluded.updated_time)`,
          }),
        )
        .execute();
      return await work(transaction);
    });
  }
}

async function storeDocument(transaction: Transaction<Tables>, key: string, value: JsonValue): Promise<void> {
  const text = JSON.stringify(storableJson(value));
  await transaction
    .insertInto("state.documents")
    .values({ key, value: text })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: text }))
    .execute();
}
