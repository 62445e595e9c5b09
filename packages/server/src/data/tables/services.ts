import { bool, defineTable, instant, int4, oneOf, uuid, varchar } from "../schema/table.ts";

/** How a run of a service ended. `lost`: its server went away; `interrupted`: its server was stopped. */
export const SERVICE_OUTCOMES = ["done", "failed", "time_limit", "interrupted", "lost"] as const;

/** A service that some module has declared, and when it runs next. */
export const schedules = defineTable("services.schedules", {
  name: varchar().primaryKey(),
  /** The schedule as text: when it changes, the next run is computed anew. */
  schedule: varchar(),
  is_paused: bool().default("false"),
  /** Null when it is not to run again by itself. */
  next_run_at: instant().nullable(),
  /** The run that is under way. */
  current_run_id: uuid().nullable(),
  /** Runs that failed in a row. */
  failures: int4().default("0"),
});

/** A run of a service. */
export const serviceRuns = defineTable(
  "services.runs",
  {
    id: uuid().primaryKey(),
    service: varchar().references("services.schedules", { onDelete: "cascade", column: "name" }),
    cause: oneOf(["schedule", "asked"]),
    /** The runner in whose process it runs: when that is gone, so is the run. */
    runner_id: uuid(),
    started_at: instant(),
    ended_at: instant().nullable(),
    outcome: oneOf(SERVICE_OUTCOMES).nullable(),
    /** What the run told of itself, or why it failed. */
    note: varchar().nullable(),
  },
  { indexes: [{ columns: ["service", "started_at"] }] },
);
