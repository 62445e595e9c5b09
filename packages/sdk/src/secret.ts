import type { z } from "zod";

/** Marks a setting as secret: it is masked wherever settings are shown, and in what a module's failure tells. */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ secret: true });
}
