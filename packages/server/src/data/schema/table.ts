import type { ColumnType } from "kysely";

/** What happens to a row whose referenced row is deleted. */
export type OnDelete = "cascade" | "restrict" | "set null";

/** What a column is in SQL. */
export interface ColumnFacts {
  readonly type: string;
  readonly nullable: boolean;
  readonly defaultSql?: string;
  readonly primaryKey: boolean;
  readonly unique: boolean;
  readonly references?: { readonly table: string; readonly column: string; readonly onDelete: OnDelete };
  readonly oneOf?: readonly string[];
}

declare const types: unique symbol;

/**
 * One column of a table model. `Select` is what a query gives, `Insert` what a new row takes. The builder methods
 * return a new column; nothing is changed in place.
 */
export class Column<Select, Insert = Select> {
  readonly facts: ColumnFacts;
  declare readonly [types]?: ColumnType<Select, Insert, Select>;

  constructor(facts: ColumnFacts) {
    this.facts = facts;
  }

  nullable(): Column<Select | null, Insert | null | undefined> {
    return new Column({ ...this.facts, nullable: true });
  }

  /** `sql` is the expression as PostgreSQL takes it. */
  default(sql: string): Column<Select, Insert | undefined> {
    return new Column({ ...this.facts, defaultSql: sql });
  }

  primaryKey(): Column<Select, Insert> {
    return new Column({ ...this.facts, primaryKey: true });
  }

  unique(): Column<Select, Insert> {
    return new Column({ ...this.facts, unique: true });
  }

  /** Refers to `id`, or another column, of the table `schema.name`. */
  references(
    table: `${string}.${string}`,
    { onDelete, column: target = "id" }: { onDelete: OnDelete; column?: string },
  ): Column<Select, Insert> {
    return new Column({ ...this.facts, references: { table, column: target, onDelete } });
  }
}

function column<Select, Insert = Select>(type: string): Column<Select, Insert> {
  return new Column({ type, nullable: false, primaryKey: false, unique: false });
}

/** A UUID; UUIDv7, made in the program. */
export const uuid = () => column<string>("uuid");
export const varchar = () => column<string>("text");
export const bool = () => column<boolean>("boolean");
export const int4 = () => column<number>("integer");
/** A 64-bit integer; queries give a bigint. */
export const int8 = () => column<bigint, bigint | number>("bigint");
/** An instant. */
export const instant = () => column<Date>("timestamp with time zone");
export const bytes = () => column<Buffer, Uint8Array>("bytea");
/** JSON, given to queries as text. */
export const jsonb = <Value>() => column<Value, string>("jsonb");
/** One of a few words, kept so by a check constraint. */
export const oneOf = <const Word extends string>(words: readonly [Word, ...Word[]]) =>
  new Column<Word>({ type: "text", nullable: false, primaryKey: false, unique: false, oneOf: words });

/** A table's model without its row type: what migrations and the start-up comparison read. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: Readonly<Record<string, { readonly facts: ColumnFacts }>>;
  /** Over several columns; a single one is marked at the column. */
  readonly primaryKey?: readonly string[];
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly { readonly columns: readonly string[]; readonly where?: string }[];
  /** Conditions by name, as PostgreSQL prints them. */
  readonly checks: Readonly<Record<string, string>>;
}

/** A table's model: the one description from which types, migrations and the start-up comparison come. */
export interface TypedTable<C> extends Table {
  readonly columns: C & Table["columns"];
}

/** Declares a table of the SQL schema `schema`. */
export function defineTable<const C extends Table["columns"]>(
  qualifiedName: `${string}.${string}`,
  columns: C,
  extra: {
    readonly primaryKey?: readonly (keyof C & string)[];
    readonly unique?: readonly (readonly (keyof C & string)[])[];
    readonly indexes?: readonly {
      readonly columns: readonly (keyof C & string)[];
      readonly where?: string;
    }[];
    readonly checks?: Readonly<Record<string, string>>;
  } = {},
): TypedTable<C> {
  const [schema = "", name = ""] = qualifiedName.split(".");
  return {
    schema,
    name,
    columns,
    ...(extra.primaryKey ? { primaryKey: extra.primaryKey } : {}),
    unique: extra.unique ?? [],
    indexes: extra.indexes ?? [],
    checks: extra.checks ?? {},
  };
}

type InsertOf<Col> =
  Col extends Column<infer Select, infer Insert> ? ColumnType<Select, Insert, Insert> : never;

/** The row type of a table, as the query builder takes it. */
export type RowOf<T> = T extends TypedTable<infer C> ? { [Name in keyof C]: InsertOf<C[Name]> } : never;
