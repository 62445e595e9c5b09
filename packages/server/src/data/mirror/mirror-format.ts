import { z } from "zod";

/** A piece of content, kept compressed under the sum of what it was before. */
export const Blob = z.object({
  /** Of the content before compression. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** In bytes, before compression. */
  size: z.int().min(0),
  /** In bytes, as it lies in the store. */
  stored: z.int().min(1),
});
/** A piece of content, kept compressed under the sum of what it was before. */
export type Blob = z.infer<typeof Blob>;

const Head = z.object({
  format: z.literal(1),
  /** Counts from 1 within a data set; the order of versions, whatever the clocks say. */
  sequence: z.int().min(1),
  taken_at: z.iso.datetime(),
});

/** A version of the state: segments, of which a later one's entries replace those of the same key before it. */
export const StateVersion = Head.extend({
  data_set: z.literal("state"),
  segments: z.array(z.object({ blob: Blob, entries: z.int().min(0) })),
  /** Keys that the segments hold together. */
  keys: z.int().min(0),
});
export type StateVersion = z.infer<typeof StateVersion>;

/** A version of the database. */
export const DatabaseVersion = Head.extend({
  data_set: z.literal("database"),
  /** The hall that it is of. */
  lineage: z.uuid(),
  migrations: z.array(z.string()),
  module_statements: z.array(z.string()),
  tables: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      columns: z.array(z.string()),
      is_modules: z.boolean(),
      rows: z.int().min(0),
      chunks: z.array(Blob),
    }),
  ),
});
export type DatabaseVersion = z.infer<typeof DatabaseVersion>;
