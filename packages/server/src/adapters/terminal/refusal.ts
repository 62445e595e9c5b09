import { z } from "zod";
import { DataError } from "../../data/data-error.ts";
import { HallError } from "../../hall/hall-error.ts";

/** Why a hall did not do what a terminal asked of it; the message is for the person at the terminal. */
export const Refusal = z.object({ code: z.string(), message: z.string() });
/** Why a hall did not do what a terminal asked of it; the message is for the person at the terminal. */
export type Refusal = z.infer<typeof Refusal>;

/** What a terminal is told of an error that is a refusal. @throws the error itself when it is none */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof DataError || error instanceof HallError)) throw error;
  return { code: error.code, message: error.message };
}
