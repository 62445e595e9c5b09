import { z } from "zod";

/** When the hall is mirrored, and what is kept. */
export const MirrorSettings = z.object({
  everySeconds: z
    .int()
    .min(60)
    .max(7 * 86_400)
    .default(3600)
    .describe("How often the hall is mirrored"),
  startSeconds: z
    .int()
    .min(0)
    .max(600)
    .default(30)
    .describe("How long a start waits for the mirror before it serves without it"),
  keepNewest: z.int().min(1).max(10_000).default(24).describe("How many of the newest versions are kept"),
  keepDays: z
    .int()
    .min(0)
    .max(3650)
    .default(30)
    .describe("For how many days the newest version of each day is kept"),
});
/** When the hall is mirrored, and what is kept. */
export type MirrorSettings = z.infer<typeof MirrorSettings>;
