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
  declare readonly [types]?: { readonly select: Select; readonly insert: Insert };

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

  /**
   * Refers to `id`, or another column, of a table: of the module's own by its bare name, of the hall's people as
   * `people.users`.
   */
  references(
    table: string,
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
export const bytes = () => column<Uint8Array>("bytea");
/** JSON, given to queries as text. */
export const jsonb = <Value>() => column<Value, string>("jsonb");
/** One of a few words, kept so by a check constraint. */
export const oneOf = <const Word extends string>(words: readonly [Word, ...Word[]]) =>
  new Column<Word>({ type: "text", nullable: false, primaryKey: false, unique: false, oneOf: words });

/** A table's model without its row type: what migrations and the comparison at start read. */
export interface TableModel {
  readonly name: string;
  readonly columns: Readonly<Record<string, { readonly facts: ColumnFacts }>>;
  /** Over several columns; a single one is marked at the column. */
  readonly primaryKey?: readonly string[];
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly { readonly columns: readonly string[]; readonly where?: string }[];
  /** Conditions by name, as PostgreSQL prints them. */
  readonly checks: Readonly<Record<string, string>>;
}

/** A table's model: the one description from which types, migrations and the comparison at start come. */
export interface TypedTableModel<C> extends TableModel {
  readonly columns: C & TableModel["columns"];
}

/** What a table has besides its columns. */
export interface TableExtra<Name extends string> {
  readonly primaryKey?: readonly Name[];
  readonly unique?: readonly (readonly Name[])[];
  readonly indexes?: readonly { readonly columns: readonly Name[]; readonly where?: string }[];
  readonly checks?: Readonly<Record<string, string>>;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/**
 * Declares a table of a module. It lives in an SQL schema of the module's own, and is made, and given new columns and
 * indexes, when the module starts.
 *
 * @throws TypeError for a name that is not lower-case letters, digits and underscores
 */
export function defineTable<const C extends TableModel["columns"]>(
  name: string,
  columns: C,
  extra: TableExtra<keyof C & string> = {},
): TypedTableModel<C> {
  for (const word of [name, ...Object.keys(columns)]) {
    if (!NAME.test(word)) {
      throw new TypeError(
        `"${word}" cannot name a table or column: use lower-case letters, digits and underscores, beginning with a letter`,
      );
    }
  }
  return {
    name,
    columns,
    ...(extra.primaryKey ? { primaryKey: extra.primaryKey } : {}),
    unique: extra.unique ?? [],
    indexes: extra.indexes ?? [],
    checks: extra.checks ?? {},
  };
}

type SelectOf<Col> = Col extends { readonly [types]?: { readonly select: infer Select } } ? Select : never;
type InsertOf<Col> = Col extends { readonly [types]?: { readonly insert: infer Insert } } ? Insert : never;
type OptionalNames<C> = { [Name in keyof C]: undefined extends InsertOf<C[Name]> ? Name : never }[keyof C];

/** A row of a table, as queries give it. */
export type TableRow<T> =
  T extends TypedTableModel<infer C> ? { readonly [Name in keyof C]: SelectOf<C[Name]> } : never;

/** A new row of a table: columns with a default, or that may be null, may be left out. */
export type NewTableRow<T> =
  T extends TypedTableModel<infer C>
    ? { readonly [Name in Exclude<keyof C, OptionalNames<C>>]: InsertOf<C[Name]> } & {
        readonly [Name in OptionalNames<C>]?: InsertOf<C[Name]>;
      }
    : never;
