import { z } from "zod";

/** One key of the state with all that it names, as of one instant. `c_` stands for all counters of commands. */
export const StateEntry = z.object({
  key: z.string(),
  /** With microseconds, in UTC, so that entries compare as texts. */
  at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
  documents: z.record(z.string(), z.json()),
  /** Whole numbers as texts: they may be longer than a number of JSON is exact. */
  counters: z.record(z.string(), z.string().regex(/^-?\d+$/)),
  sets: z.record(z.string(), z.array(z.string())),
});
/** One key of the state with all that it names, as of one instant. `c_` stands for all counters of commands. */
export type StateEntry = z.infer<typeof StateEntry>;
