import { describe, expect, it } from "vitest";
import { logServerLine } from "./server-log.ts";

describe("the server's log", () => {
  it.for([
    ["[client backend] ERROR:  duplicate key", "debug", "duplicate key"],
    ["[client backend] FATAL:  no such database", "debug", "no such database"],
    ["[client backend] PANIC:  it is over", "error", "it is over"],
    ["[checkpointer] ERROR:  could not write", "error", "could not write"],
    ["[postmaster] WARNING:  odd", "warn", "odd"],
    ["[postmaster] LOG:  ready", "debug", "ready"],
    ["no prefix at all", "debug", "no prefix at all"],
  ] as const)("passes %s on as %s", ([line, level, message]) => {
    const seen: unknown[] = [];
    const at =
      (name: string) =>
      (_fields: object, text: string): void =>
        void seen.push([name, text]);
    logServerLine({ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }, line);
    expect(seen).toEqual([[level, message]]);
  });
});
