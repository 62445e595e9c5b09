import { z } from "zod";
import type { Database } from "../database.ts";
import type { DATA_SETS } from "../tables/mirror.ts";
import { newId } from "../uuid.ts";

/** How far this store and the mirror are in step. */
export interface MirrorPosition {
  readonly sequence: number;
  readonly mark: string;
}

const Lineage = z.tuple([z.object({ id: z.uuid() })]).rest(z.unknown());

/** Where this store stands beside the mirror. */
export class MirrorPositions {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /** Undefined when this store has never been in step with the mirror. */
  async get(dataSet: (typeof DATA_SETS)[number]): Promise<MirrorPosition | undefined> {
    const row = await this.#database.queries
      .selectFrom("mirror.positions")
      .select(["sequence", "mark"])
      .where("data_set", "=", dataSet)
      .executeTakeFirst();
    return row && { sequence: Number(row.sequence), mark: row.mark };
  }

  async set(dataSet: (typeof DATA_SETS)[number], { sequence, mark }: MirrorPosition): Promise<void> {
    await this.#database.queries
      .insertInto("mirror.positions")
      .values({ data_set: dataSet, sequence, mark })
      .onConflict((conflict) => conflict.column("data_set").doUpdateSet({ sequence, mark }))
      .execute();
  }

  /** Lets the next run compare everything. */
  async forget(dataSet: (typeof DATA_SETS)[number]): Promise<void> {
    await this.#database.queries.deleteFrom("mirror.positions").where("data_set", "=", dataSet).execute();
  }

  /** Which hall this store is of; undefined before its first mirroring. */
  async lineage(): Promise<string | undefined> {
    const row = await this.#database.queries.selectFrom("mirror.lineage").select("id").executeTakeFirst();
    return row?.id;
  }

  /** Which hall this store is of; from now on, when it was none. */
  async beginLineage(): Promise<string> {
    const { rows } = await this.#database.pool.query(
      `with made as (insert into mirror.lineage (id)
         select $1::uuid where not exists (select from mirror.lineage) returning id)
       select id from made union all select id from mirror.lineage limit 1`,
      [newId()],
    );
    return Lineage.parse(rows)[0].id;
  }
}
