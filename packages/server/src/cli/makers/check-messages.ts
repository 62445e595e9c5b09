import { z } from "zod";

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
    findings: z.array(z.union([z.string(), z.object({ note: z.string() })])),
  }),
]);
/** What the process that checks tells the one that waits for it. */
export type CheckMessage = z.infer<typeof CheckMessage>;
