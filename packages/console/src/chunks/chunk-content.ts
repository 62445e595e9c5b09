import * as z from "zod/mini";

/** A table: a heading for each column, rows of cells. */
export const TableContent = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.nullable(z.union([z.string(), z.number(), z.boolean()])))),
});
export type TableContent = z.infer<typeof TableContent>;

/** A message from the hall itself. */
export const NoticeContent = z.object({
  level: z.optional(z.string()),
  message: z.string(),
  reference: z.optional(z.nullable(z.string())),
});
export type NoticeContent = z.infer<typeof NoticeContent>;

/** How far the work is. */
export const ProgressContent = z.object({
  done: z.number(),
  total: z.optional(z.nullable(z.number())),
  label: z.optional(z.nullable(z.string())),
});
export type ProgressContent = z.infer<typeof ProgressContent>;

/** Buttons, each with the line it runs. */
export const ButtonsContent = z.array(z.object({ label: z.string(), line: z.string() }));

/** A chart: lines or bars over shared places. */
export const ChartContent = z.object({
  kind: z.enum(["line", "bar"]),
  title: z.string(),
  x: z.array(z.union([z.string(), z.number()])),
  series: z.array(z.object({ name: z.string(), values: z.array(z.nullable(z.number())) })),
});
export type ChartContent = z.infer<typeof ChartContent>;

/** A roll of dice, as far as it is drawn. */
export const RollContent = z.object({
  total: z.number(),
  canonical: z.optional(z.string()),
  source: z.optional(z.string()),
  dice: z.array(
    z.object({
      sides: z.optional(z.union([z.number(), z.string()])),
      face: z.union([z.number(), z.string()]),
      fate: z.optional(z.nullable(z.string())),
    }),
  ),
  /** The terms, each with the numbers of its dice. */
  groups: z.optional(z.array(z.object({ text: z.string(), dice: z.array(z.number()) }))),
});
export type RollContent = z.infer<typeof RollContent>;

/** The distribution of a roll: each total with its chance as a fraction or a decimal, in text. */
export const OddsContent = z.object({
  mean: z.union([z.string(), z.number()]),
  variance: z.union([z.string(), z.number()]),
  exact: z.boolean(),
  outcomes: z.array(z.tuple([z.union([z.string(), z.number()]), z.union([z.string(), z.number()])])),
});
export type OddsContent = z.infer<typeof OddsContent>;
