import { z } from "zod";

const LONGEST_PATTERN = 200;

/** A setting that chooses channels: a regular expression for their names, at most 200 characters. */
export const channelPattern: z.ZodString = z
  .string()
  .max(LONGEST_PATTERN)
  .refine((pattern) => {
    try {
      return "".search(pattern) <= 0;
    } catch {
      return false;
    }
  }, "it must be a regular expression such as ^ic_.*");
