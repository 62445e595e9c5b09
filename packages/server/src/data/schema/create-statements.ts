import type { Table } from "./table.ts";

const quote = (name: string) => `"${name}"`;
const list = (names: readonly string[]) => names.map(quote).join(", ");

/** The statements that create a table as its model says; the raw material of a migration, read before it lands. */
export function createStatements(table: Table): string[] {
  const qualified = `${quote(table.schema)}.${quote(table.name)}`;
  const lines: string[] = [];
  for (const [name, { facts }] of Object.entries(table.columns)) {
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
    lines.push(parts.join(" "));
  }
  if (table.primaryKey) lines.push(`primary key (${list(table.primaryKey)})`);
  for (const columns of table.unique) lines.push(`unique (${list(columns)})`);
  for (const [name, condition] of Object.entries(table.checks)) {
    lines.push(`constraint ${quote(name)} check ${condition}`);
  }
  const indexes = table.indexes.map(({ columns, where }) => {
    const condition = where === undefined ? "" : ` where ${where}`;
    return `create index ${quote(`${table.name}_${columns.join("_")}_idx`)} on ${qualified} (${list(columns)})${condition}`;
  });
  return [`create table ${qualified} (\n  ${lines.join(",\n  ")}\n)`, ...indexes];
}
