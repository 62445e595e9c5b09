/** What a failed statement means to the person waiting for it. */
export type StoreFault = "unavailable" | "full" | "unique" | "retry" | "other";

const UNAVAILABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08001",
  "08003",
  "08006",
  "53300",
]);
const RETRY = new Set(["40001", "40P01", "55P03"]);

/** Sorts an error of the driver by SQLSTATE (PostgreSQL manual, appendix A) or system code. */
export function storeFault(error: unknown): StoreFault {
  const code = errorCode(error);
  if (code === "53100" || code === "ENOSPC") return "full";
  if (code === "23505") return "unique";
  if (code !== undefined && RETRY.has(code)) return "retry";
  if (code !== undefined && UNAVAILABLE.has(code)) return "unavailable";
  if (code === undefined && error instanceof Error) {
    const lost =
      /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;
    if (lost.test(error.message)) return "unavailable";
  }
  return "other";
}

/** Whether a statement about several items failed for what one of them holds: the others may well be stored without it. */
export function isOfOneItem(error: unknown): boolean {
  return ["other", "unique"].includes(storeFault(error));
}

/** The unique constraint that a row would have broken, if that is what happened. */
export function brokenConstraint(error: unknown): string | undefined {
  return error instanceof Error && "constraint" in error && typeof error.constraint === "string"
    ? error.constraint
    : undefined;
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  // A failed connection to a name with several addresses.
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return undefined;
}
