import type { z } from "zod";
import type { Selection, Sql, Store } from "../store.ts";
import type { NewTableRow, TableModel, TableRow, TypedTableModel } from "../table.ts";

type Row = Record<string, unknown>;

/**
 * A {@link Store} in memory, for tests. It keeps rows as they were given and knows no SQL: `rows` and `execute` throw,
 * and of a table's rules it holds only to those about null, defaults that are constants, and uniqueness. A test of SQL
 * needs a hall on a real store.
 */
export class MemoryStore implements Store {
  #tables = new Map<string, Row[]>();
  #ids = 0;
  /** Set to make every call fail with it, as when the store is away. */
  fault: Error | undefined;

  newId(): string {
    return `00000000-0000-7000-8000-${(this.#ids += 1).toString(16).padStart(12, "0")}`;
  }

  async find<T extends TypedTableModel<unknown>>(
    table: T,
    { where = {}, orderBy = [], limit = 1000 }: Selection<TableRow<T>> = {},
  ): Promise<TableRow<T>[]> {
    const found = this.#rows(table)
      .filter((row) => meets(row, where))
      .toSorted((one, other) => {
        for (const [name, way] of orderBy) {
          const order = compare(one[name], other[name]);
          if (order !== 0) return way === "desc" ? -order : order;
        }
        return 0;
      });
    // The rows were given as this table's.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return structuredClone(found.slice(0, limit)) as TableRow<T>[];
  }

  async insert<T extends TypedTableModel<unknown>>(table: T, row: NewTableRow<T>): Promise<void> {
    const given = new Map<string, unknown>(Object.entries(row));
    const made: Row = {};
    for (const [name, { facts }] of Object.entries(table.columns)) {
      const value = given.get(name) ?? constant(facts.defaultSql);
      if (value === undefined && !facts.nullable)
        throw new Error(`column "${name}" of ${table.name} needs a value`);
      made[name] = value === undefined ? null : stored(value, facts.type);
    }
    const rows = this.#rows(table);
    for (const columns of uniqueColumns(table)) {
      const isTaken = rows.some((other) => columns.every((name) => compare(other[name], made[name]) === 0));
      if (isTaken) throw new Error(`duplicate key in ${table.name}: (${columns.join(", ")})`);
    }
    rows.push(made);
  }

  async update<T extends TypedTableModel<unknown>>(
    table: T,
    { where, set }: { readonly where: Partial<TableRow<T>>; readonly set: Partial<NewTableRow<T>> },
  ): Promise<number> {
    const found = this.#rows(table).filter((row) => meets(row, where));
    const changes = Object.entries(set).map(([name, value]) => [
      name,
      stored(value, table.columns[name]?.facts.type),
    ]);
    for (const row of found) Object.assign(row, structuredClone(Object.fromEntries(changes)));
    return found.length;
  }

  async remove<T extends TypedTableModel<unknown>>(table: T, where: Partial<TableRow<T>>): Promise<number> {
    const rows = this.#rows(table);
    const kept = rows.filter((row) => !meets(row, where));
    this.#tables.set(table.name, kept);
    return rows.length - kept.length;
  }

  async rows<R>(_query: Sql, _schema: z.ZodType<R>): Promise<R[]> {
    throw new Error("a store in memory knows no SQL: use find, or test on a real store");
  }

  async execute(_statement: Sql): Promise<number> {
    throw new Error("a store in memory knows no SQL: use insert, update and remove, or test on a real store");
  }

  async transaction<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
    const before = structuredClone(this.#tables);
    try {
      return await work(this);
    } catch (error) {
      this.#tables = before;
      throw error;
    }
  }

  async isConnected(): Promise<boolean> {
    return this.fault === undefined;
  }

  #rows(table: TableModel): Row[] {
    if (this.fault) throw this.fault;
    const rows = this.#tables.get(table.name) ?? [];
    this.#tables.set(table.name, rows);
    return rows;
  }
}

function meets(row: Row, where: object): boolean {
  return Object.entries(where).every(
    ([name, value]) => value === undefined || compare(row[name], value) === 0,
  );
}

function uniqueColumns(table: TableModel): (readonly string[])[] {
  const single = Object.entries(table.columns).flatMap(([name, { facts }]) =>
    facts.unique || facts.primaryKey ? [[name]] : [],
  );
  return [...single, ...table.unique, ...(table.primaryKey ? [table.primaryKey] : [])];
}

/** JSON is given as text and comes back as what it says. */
function stored(value: unknown, type: string | undefined): unknown {
  return type === "jsonb" && typeof value === "string" ? JSON.parse(value) : structuredClone(value);
}

function constant(defaultSql: string | undefined): unknown {
  if (defaultSql === undefined) return undefined;
  if (/^(true|false|-?\d+(\.\d+)?)$/.test(defaultSql)) return JSON.parse(defaultSql);
  return /^'(.*)'$/.exec(defaultSql)?.[1];
}

function compare(one: unknown, other: unknown): number {
  const [left, right] = [comparable(one), comparable(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function comparable(value: unknown): string | number | bigint {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return value;
  return String(value);
}
