import type { Logger, LogFacts } from "../surroundings.ts";

/** One line of a log. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly facts: LogFacts;
}

/** A log that keeps its lines, for tests. */
export class TestLog implements Logger {
  readonly #lines: LogLine[] = [];

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  debug(facts: LogFacts, message: string): void {
    this.#lines.push({ level: "debug", facts, message });
  }

  info(facts: LogFacts, message: string): void {
    this.#lines.push({ level: "info", facts, message });
  }

  warn(facts: LogFacts, message: string): void {
    this.#lines.push({ level: "warn", facts, message });
  }

  error(facts: LogFacts, message: string): void {
    this.#lines.push({ level: "error", facts, message });
  }
}
