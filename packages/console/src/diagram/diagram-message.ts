import * as z from "zod/mini";

/** What the page asks of the frame that draws diagrams. */
export const DiagramRequest = z.object({
  id: z.number(),
  source: z.string(),
  isDark: z.boolean(),
});
export type DiagramRequest = z.infer<typeof DiagramRequest>;

/** What the frame says: that it listens, or how a request ended. */
export const DiagramMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("drawn"), id: z.number(), svg: z.string() }),
  z.object({ kind: z.literal("refused"), id: z.number(), reason: z.string() }),
]);
export type DiagramMessage = z.infer<typeof DiagramMessage>;
