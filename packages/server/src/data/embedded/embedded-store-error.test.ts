import { describe, expect, it } from "vitest";
import { diagnose, folderError } from "./embedded-store-error.ts";

describe("why the embedded store did not start", () => {
  it.for([
    ["could not write to file: No space left on device", "embedded_store_disk_full", "Free some space"],
    ['FATAL:  lock file "postmaster.pid" already exists', "embedded_store_in_use", "Stop it"],
    [
      "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use",
      "embedded_store_in_use",
      "Stop it",
    ],
    ["store lock is held: /x/guildhall.lock", "embedded_store_in_use", "Stop it"],
    ["FATAL:  database files are incompatible with server", "embedded_store_incompatible", "migrate"],
    ['could not open file "x": Read-only file system', "embedded_store_unwritable", "another data folder"],
    [
      "postgres: error while loading shared libraries: libicuuc.so.60",
      "embedded_store_unavailable",
      "GUILDHALL_DATABASE__URL",
    ],
    ["PANIC:  something new", "embedded_store_failed", "something new"],
  ] as const)("reads %s as %s", ([line, code, advice]) => {
    const error = diagnose({ what: "Starting PostgreSQL", folder: "/x", lines: ["before", line] });
    expect(error.code).toBe(code);
    expect(error.message).toContain(advice);
  });

  it("keeps errors that are not about the folder", () => {
    const error = new Error("other");
    expect(folderError(error, "/x")).toBe(error);
  });
});
