import { z } from "zod";
import { complete } from "../../commands/complete.ts";
import type { Hall } from "../../hall/open-hall.ts";

/** A line and where its cursor stands. */
export const CompleteRequest = z.object({ line: z.string(), cursor: z.int().min(0) });

/** What could stand at the cursor. */
export const CompleteAnswer = z.object({
  start: z.number(),
  end: z.number(),
  candidates: z.array(z.object({ value: z.string(), summary: z.string(), kind: z.string() })),
});

/** Completes a line for a terminal. */
export function completeForTerminal(
  hall: Hall,
  { line, cursor }: z.infer<typeof CompleteRequest>,
): z.infer<typeof CompleteAnswer> {
  const { start, end, candidates } = complete({ registry: hall.registry, line, cursor });
  return { start, end, candidates: [...candidates] };
}
