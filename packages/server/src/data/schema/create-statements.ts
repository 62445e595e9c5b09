import type { ColumnFacts, Table } from "./table.ts";

const quote = (name: string) => `"${name}"`;
const list = (names: readonly string[]) => names.map(quote).join(", ");

/** The statements that create a table as its model says; the raw material of a migration, read before it lands. */
export function createStatements(table: Table): string[] {
  const qualified = `${quote(table.schema)}.${quote(table.name)}`;
  const lines = Object.entries(table.columns).map(([name, { facts }]) => columnDefinition(name, facts));
  if (table.primaryKey) lines.push(`primary key (${list(table.primaryKey)})`);
  for (const columns of table.unique) lines.push(`unique (${list(columns)})`);
  for (const [name, condition] of Object.entries(table.checks)) {
    lines.push(`constraint ${quote(name)} check ${condition}`);
  }
  const indexes = table.indexes.map((index) => createIndex(table, index));
  return [`create table ${qualified} (\n  ${lines.join(",\n  ")}\n)`, ...indexes];
}

/** A column as it stands in `create table` and `alter table ... add column`. */
export function columnDefinition(name: string, facts: ColumnFacts): string {
  const parts = [quote(name), facts.type];
  if (!facts.nullable) parts.push("not null");
  if (facts.defaultSql !== undefined) parts.push(`default ${facts.defaultSql}`);
  if (facts.primaryKey) parts.push("primary key");
  if (facts.unique) parts.push("unique");
  if (facts.references) {
    const { table: target, column, onDelete } = facts.references;
    parts.push(
      `references ${target.split(".").map(quote).join(".")} (${quote(column)}) on delete ${onDelete}`,
    );
  }
  if (facts.oneOf) {
    parts.push(`check (${quote(name)} in (${facts.oneOf.map((word) => `'${word}'`).join(", ")}))`);
  }
  return parts.join(" ");
}

/** The statement that makes one index of a table. */
export function createIndex(table: Table, { columns, where }: Table["indexes"][number]): string {
  const condition = where === undefined ? "" : ` where ${where}`;
  return `create index ${quote(indexName(table, columns))} on ${quote(table.schema)}.${quote(table.name)} (${list(columns)})${condition}`;
}

/** The name of a table's index over these columns. */
export function indexName(table: Pick<Table, "name">, columns: readonly string[]): string {
  return `${table.name}_${columns.join("_")}_idx`;
}
