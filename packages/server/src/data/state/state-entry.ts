import { z } from "zod";

/** One key of the state with all that it names, and when it was written. `c_` stands for all counters of commands. */
export const StateEntry = z.object({
  key: z.string(),
  /** Seconds since 1970 with six decimals, as text: a number is not exact enough. */
  at: z.string().regex(/^\d+\.\d{6}$/),
  documents: z.record(z.string(), z.json()),
  /** Whole numbers as texts: they may be longer than a number of JSON is exact. */
  counters: z.record(z.string(), z.string().regex(/^-?\d+$/)),
  sets: z.record(z.string(), z.array(z.string())),
});
/** One key of the state with all that it names, and when it was written. `c_` stands for all counters of commands. */
export type StateEntry = z.infer<typeof StateEntry>;
