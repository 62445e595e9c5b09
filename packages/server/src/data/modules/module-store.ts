import {
  sql,
  type NewTableRow,
  type Selection,
  type Sql,
  type SqlValue,
  type Store,
  type TableModel,
  type TableRow,
  type TypedTableModel,
} from "@guildhall/sdk";
import type pg from "pg";
import { z } from "zod";
import { newId } from "../uuid.ts";
import { inTransaction } from "./in-transaction.ts";
import { joined, raw, renderSql } from "./render-sql.ts";
import { column, storableJsonText } from "./table-values.ts";

const CONNECTED_PATIENCE_MILLISECONDS = 2000;
const DEFAULT_LIMIT = 1000;

/** A module's tables in PostgreSQL; see {@link Store}. */
export class ModuleStore implements Store {
  readonly #pool: pg.Pool;
  /** The connection of the transaction that this store stands for. */
  readonly #client: pg.PoolClient | undefined;
  readonly #schema: string;

  /** @param options.schema the SQL schema of the module's tables */
  constructor(options: { readonly pool: pg.Pool; readonly schema: string; readonly client?: pg.PoolClient }) {
    this.#pool = options.pool;
    this.#schema = options.schema;
    this.#client = options.client;
  }

  newId(): string {
    return newId();
  }

  async find<T extends TypedTableModel<unknown>>(
    table: T,
    { where = {}, orderBy = [], limit = DEFAULT_LIMIT }: Selection<TableRow<T>> = {},
  ): Promise<TableRow<T>[]> {
    const order = orderBy.map(([name, way]) =>
      raw(`${column(table, name)} ${way === "desc" ? "desc" : "asc"}`),
    );
    const ordered = order.length === 0 ? raw("") : sql` order by ${joined(order, ", ")}`;
    return await this.#query<TableRow<T> & pg.QueryResultRow>(
      sql`select * from ${table}${conditions(table, where)}${ordered} limit ${limit}`,
    ).then(({ rows }) => rows);
  }

  async insert<T extends TypedTableModel<unknown>>(table: T, row: NewTableRow<T>): Promise<void> {
    const given = present(row).map(([name, value]) => [name, storableFor(table, name, value)] as const);
    const names = given.map(([name]) => raw(column(table, name)));
    const values = given.map(([, value]) => value);
    await this.#query(sql`insert into ${table} (${joined(names, ", ")}) values (${joined(values, ", ")})`);
  }

  async update<T extends TypedTableModel<unknown>>(
    table: T,
    { where, set }: { readonly where: Partial<TableRow<T>>; readonly set: Partial<NewTableRow<T>> },
  ): Promise<number> {
    const changes = present(set).map(
      ([name, value]) => sql`${raw(column(table, name))} = ${storableFor(table, name, value)}`,
    );
    if (changes.length === 0) return 0;
    return await this.execute(sql`update ${table} set ${joined(changes, ", ")}${conditions(table, where)}`);
  }

  async remove<T extends TypedTableModel<unknown>>(table: T, where: Partial<TableRow<T>>): Promise<number> {
    return await this.execute(sql`delete from ${table}${conditions(table, where)}`);
  }

  async rows<Row>(query: Sql, schema: z.ZodType<Row>): Promise<Row[]> {
    const { rows } = await this.#query(query);
    return z.array(schema).parse(rows);
  }

  async execute(statement: Sql): Promise<number> {
    return (await this.#query(statement)).rowCount ?? 0;
  }

  async transaction<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
    if (this.#client) return await work(this);
    const pool = this.#pool;
    return await inTransaction(pool, (client) =>
      work(new ModuleStore({ pool, schema: this.#schema, client })),
    );
  }

  async isConnected(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), CONNECTED_PATIENCE_MILLISECONDS);
    });
    const answered = this.#query(sql`select 1`).then(
      () => true,
      () => false,
    );
    const isConnected = await Promise.race([answered, late]);
    clearTimeout(timer);
    return isConnected;
  }

  async #query<Row extends pg.QueryResultRow = pg.QueryResultRow>(piece: Sql): Promise<pg.QueryResult<Row>> {
    return await (this.#client ?? this.#pool).query<Row>(renderSql(piece, this.#schema));
  }
}

function conditions(table: TableModel, where: object): Sql {
  const all = present(where).map(([name, value]) =>
    value === null ? raw(`${column(table, name)} is null`) : sql`${raw(column(table, name))} = ${value}`,
  );
  return all.length === 0 ? raw("") : sql` where ${joined(all, " and ")}`;
}

/** JSON is given as text. */
function storableFor(table: TableModel, name: string, value: SqlValue): SqlValue {
  if (typeof value !== "string" || table.columns[name]?.facts.type !== "jsonb") return value;
  return storableJsonText(value);
}

const Given = z.record(z.string(), z.custom<SqlValue | undefined>());

/** The columns that were given, with their values. */
function present(row: object): (readonly [string, SqlValue])[] {
  return Object.entries(Given.parse(row)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}
