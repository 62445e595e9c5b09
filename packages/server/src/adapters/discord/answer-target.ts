import { z } from "zod";

/** Where an answer goes; kept sealed with the action, so that another server can go on with it. */
export const AnswerTarget = z.object({
  /** Absent when a message asked, not an interaction. */
  interaction: z
    .object({
      token: z.string(),
      /** When Discord made the interaction, in milliseconds since 1970. */
      madeAt: z.number(),
    })
    .optional(),
  channelId: z.string(),
  userId: z.string(),
});

/** Where an answer goes. */
export type AnswerTarget = z.infer<typeof AnswerTarget>;
