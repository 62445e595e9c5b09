import { z } from "zod";

/** What can be set, as `GUILDHALL_MY_NEW_MODULE__CACHE_SECONDS` and so on. */
export const Settings = z.object({
  cacheSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe("How long the list is remembered, in seconds"),
  batchSize: z.int().min(1).max(1000).default(100).describe("How many items a list has at most"),
  features: z.array(z.string()).default([]).describe("What is switched on, separated by commas"),
});

/** The settings as the module is given them. */
export type Settings = z.output<typeof Settings>;
