import { z } from "zod";

const Finding = z.union([z.string(), z.object({ note: z.string() })]);
/** What a point found: what is wrong and how to mend it, or a note of what it could not look at. */
export type Finding = z.infer<typeof Finding>;

/** What the process that checks tells the one that waits for it. */
export const CheckMessage = z.discriminatedUnion("kind", [
  /** That it gets on. */
  z.object({ kind: z.literal("beat") }),
  /** The module was loaded. */
  z.object({ kind: z.literal("loaded"), name: z.string() }),
  /** It cannot be checked at all. */
  z.object({ kind: z.literal("refused"), sentence: z.string() }),
  /** The next point was looked at. */
  z.object({
    kind: z.literal("looked"),
    findings: z.array(Finding),
  }),
]);
/** What the process that checks tells the one that waits for it. */
export type CheckMessage = z.infer<typeof CheckMessage>;
