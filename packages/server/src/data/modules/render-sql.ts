import { Sql, type SqlPart, type SqlValue, type TableModel } from "@guildhall/sdk";
import { storable } from "../storable.ts";

/** A statement as the driver takes it. */
export interface Statement {
  text: string;
  values: (SqlValue | Buffer)[];
}

/** A name as SQL takes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text that is SQL already. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

/** Pieces of SQL one after another. */
export function joined(pieces: readonly SqlPart[], separator: string): Sql {
  return new Sql(["", ...pieces.slice(1).map(() => separator), ""], pieces);
}

/** Writes a piece of SQL out; tables stand in `schema`. */
export function renderSql(piece: Sql, schema: string): Statement {
  const statement: Statement = { text: "", values: [] };
  append(statement, piece, schema);
  return statement;
}

function append(statement: Statement, { texts, parts }: Sql, schema: string): void {
  texts.forEach((text, index) => {
    statement.text += text;
    const part = parts[index];
    if (part === undefined) return;
    if (isSql(part)) {
      append(statement, part, schema);
    } else if (isTable(part)) {
      statement.text += `${quoted(schema)}.${quoted(part.name)}`;
    } else {
      statement.values.push(driverValue(part));
      statement.text += `$${statement.values.length}`;
    }
  });
}

// By form, not by class: a module may have been installed with a copy of the sdk.
function isSql(part: SqlPart): part is Sql {
  return typeof part === "object" && part !== null && "texts" in part;
}

function isTable(part: SqlPart): part is TableModel {
  return typeof part === "object" && part !== null && "columns" in part;
}

function driverValue(value: SqlValue): SqlValue | Buffer {
  if (typeof value === "string") return storable(value);
  // The driver takes other byte arrays for lists of numbers.
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}
