import type { Module, TableModel } from "@guildhall/sdk";
import type { Table } from "../schema/table.ts";

/** What the SQL schemas of modules begin with; the hall's own never do. */
export const MODULE_SCHEMA_PREFIX = "module_";

/** The SQL schema of a module's tables. */
export function moduleSchema(moduleName: string): string {
  return `${MODULE_SCHEMA_PREFIX}${moduleName.replaceAll("-", "_")}`;
}

/** A module's tables in its schema, with what they refer to named in full. */
export function moduleTables({ name, tables }: Pick<Module, "name" | "tables">): Table[] {
  const schema = moduleSchema(name);
  return tables.map((table) => ({ ...table, schema, columns: qualified(table, schema) }));
}

function qualified(table: TableModel, schema: string): TableModel["columns"] {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, { facts }]) => {
      const { references } = facts;
      if (!references || references.table.includes(".")) return [name, { facts }];
      return [
        name,
        { facts: { ...facts, references: { ...references, table: `${schema}.${references.table}` } } },
      ];
    }),
  );
}
