/** The part of a pino logger that the embedded store writes to. */
export interface StoreLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The `log_line_prefix` that {@link logServerLine} reads: the kind of process that speaks. */
export const LOG_LINE_PREFIX = "[%b] ";

const LINE = /^\[(?<process>[^\]]*)\] (?<severity>[A-Z0-9]+): {2}(?<message>.*)$/;

/**
 * Passes one line of the server's log on. What the server tells its clients they handle themselves, so it
 * is only worth `debug`; what goes wrong in the server's own processes is a warning or an error.
 */
export function logServerLine(log: StoreLog, line: string): void {
  const found = LINE.exec(line)?.groups;
  const fields = { process: found?.["process"] ?? "postgres" };
  const message = found?.["message"] ?? line;
  const ofClient = fields.process === "client backend" || fields.process === "not initialized";
  switch (found?.["severity"] ?? "") {
    case "PANIC":
      log.error(fields, message);
      return;
    case "FATAL":
    case "ERROR":
      if (ofClient) log.debug(fields, message);
      else log.error(fields, message);
      return;
    case "WARNING":
      if (ofClient) log.debug(fields, message);
      else log.warn(fields, message);
      return;
    default:
      log.debug(fields, message);
  }
}
