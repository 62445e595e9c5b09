import { closeSync, openSync } from "node:fs";
import { pino, type Logger } from "pino";

const LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** Fields that never reach the log, wherever they stand. */
const SECRET_FIELDS = [
  "password",
  "current_password",
  "new_password",
  "token",
  "access_token",
  "refresh_token",
  "authorization",
  "cookie",
  "secret",
  "secretKey",
];

/**
 * Makes the process's log: JSON lines on standard error, or appended to the file that `GUILDHALL_LOG__FILE` names.
 * `GUILDHALL_LOG__LEVEL` is one of debug, info, warn, error and silent; without it `info`, or `warn` when a person
 * watches the terminal. Each line is written as `redact` gives it.
 *
 * @throws Error with one sentence when either variable cannot be used
 */
export function createLog(
  environment: NodeJS.ProcessEnv,
  redact: (line: string) => string = (line) => line,
): Logger {
  const level = environment["GUILDHALL_LOG__LEVEL"] || (process.stderr.isTTY ? "warn" : "info");
  if (!LEVELS.some((known) => known === level)) {
    throw new Error(`GUILDHALL_LOG__LEVEL is "${level}": it must be one of ${LEVELS.join(", ")}.`);
  }
  const file = environment["GUILDHALL_LOG__FILE"];
  if (file) {
    try {
      closeSync(openSync(file, "a", 0o600));
    } catch {
      throw new Error(
        `GUILDHALL_LOG__FILE names "${file}", which cannot be written: mend the path or its rights.`,
      );
    }
  }
  const destination = pino.destination({ dest: file || 2, sync: true });
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorFacts },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: "********" },
    },
    { write: (line: string) => void destination.write(redact(line)) },
  );
}

/** What the log tells of an error: drivers hang whole connections on theirs, credentials included. */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...("code" in error ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: errorFacts(error.cause) }),
  };
}
