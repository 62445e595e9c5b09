import { setTimeout as delay } from "node:timers/promises";
import type { Clock, Logger, Objects } from "@guildhall/sdk";
import { z } from "zod";
import type { Database } from "../data/database.ts";
import { DatabaseMirror } from "../data/mirror/database-mirror.ts";
import type { ShowStep } from "../data/mirror/mirror-step.ts";
import { StateMirror } from "../data/mirror/state-mirror.ts";
import type { StateCopy } from "../data/state/state-copy.ts";
import { DATA_SETS } from "../data/tables/mirror.ts";
import { toError } from "../kernel/to-error.ts";
import type { HallMetrics } from "./hall-metrics.ts";
import type { MirrorSettings } from "./mirror-settings.ts";

/** What is mirrored, each by itself. */
export type DataSet = (typeof DATA_SETS)[number];

/** How a data set's last run in this process went; never a person's words. */
export interface MirrorOutcome {
  readonly at: Date;
  readonly isDone: boolean;
  /** One sentence. */
  readonly note: string;
}

/** A data set as the mirror has it. */
export interface MirrorStatus {
  readonly dataSet: DataSet;
  readonly versions: number;
  /** The newest version that is whole. */
  readonly newest: { readonly sequence: number; readonly takenAt: string } | undefined;
  readonly last: MirrorOutcome | undefined;
}

/** How a run is steered. */
export interface MirrorSteering {
  readonly signal: AbortSignal;
  readonly progress?: ShowStep;
  /** Whether the mirror may hold another hall's database. */
  readonly takeOver?: boolean;
}

const LOOK_MILLISECONDS = 500;
const UNLOCK = "select pg_advisory_unlock(hashtextextended('guildhall mirror', 0))";
const LOCK = "select pg_try_advisory_lock(hashtextextended('guildhall mirror', 0)) as free";
const Locked = z.tuple([z.object({ free: z.boolean() })]);

/** The copy of the hall's data in an object store. */
export class Mirror {
  readonly #database: Database;
  readonly #state: StateMirror;
  readonly #snapshots: DatabaseMirror;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #settings: MirrorSettings;
  readonly #outcomes = new Map<DataSet, MirrorOutcome>();

  constructor(given: {
    readonly database: Database;
    readonly objects: Objects;
    readonly settings: MirrorSettings;
    /** The state, wherever it lies. */
    readonly state: StateCopy;
    readonly metrics: HallMetrics;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    const { database, objects, log } = given;
    this.#database = database;
    this.#state = new StateMirror({ database, copy: given.state, objects, log });
    this.#snapshots = new DatabaseMirror({ objects, log });
    this.#clock = given.clock;
    this.#log = log;
    this.#settings = given.settings;
    given.metrics.mirrorRuns(() =>
      [...this.#outcomes].map(([data_set, { at, isDone }]) => ({
        data_set,
        seconds: (this.#clock.now().getTime() - at.getTime()) / 1000,
        isDone,
      })),
    );
  }

  get settings(): MirrorSettings {
    return this.#settings;
  }

  /**
   * Brings the state into step before the hall serves, for as long as the settings say. A mirror that cannot be reached
   * keeps no hall from opening: what was missed is made up for by the next run.
   */
  async beforeServing(): Promise<void> {
    const signal = AbortSignal.timeout(this.#settings.startSeconds * 1000);
    try {
      const note = await this.#alone(signal, () => this.#runOne("state", { signal }));
      this.#log.info({ note }, "the state and its mirror are in step");
    } catch (error) {
      this.#log.warn(
        { err: toError(error) },
        "the hall opens without its mirror, which is tried again hourly",
      );
    }
  }

  /**
   * Mirrors every data set, each by itself: what fails in one keeps no other from its run.
   *
   * @returns one sentence
   * @throws MirrorError, ObjectStoreError of the first that failed
   */
  async run(steering: MirrorSteering): Promise<string> {
    return await this.#alone(steering.signal, async () => {
      const notes: string[] = [];
      let fault: unknown;
      for (const dataSet of DATA_SETS) {
        try {
          notes.push(await this.#runOne(dataSet, steering));
        } catch (error) {
          steering.signal.throwIfAborted();
          fault ??= error;
        }
      }
      if (fault !== undefined) throw toError(fault);
      return notes.join(" ");
    });
  }

  /** Every data set as the mirror has it. @throws ObjectStoreError */
  async status(signal: AbortSignal): Promise<MirrorStatus[]> {
    return await Promise.all(
      DATA_SETS.map(async (dataSet) => {
        const { versions } = dataSet === "state" ? this.#state : this.#snapshots;
        const { version } = await versions.newest(signal);
        return {
          dataSet,
          versions: (await versions.sequences(signal)).length,
          newest: version && { sequence: version.sequence, takenAt: version.taken_at },
          last: this.#outcomes.get(dataSet),
        };
      }),
    );
  }

  /**
   * Reads everything in the mirror and compares it with its sums. What is damaged is laid aside, and stored again by the
   * next run where it is still here.
   *
   * @returns one sentence a data set, and whether all is whole
   */
  async verify({
    signal,
    progress = () => undefined,
  }: MirrorSteering): Promise<{ sentences: string[]; isWhole: boolean }> {
    return await this.#alone(signal, async () => {
      const state = await this.#state.verify({ signal, progress });
      const database = await this.#snapshots.verify({ signal, progress });
      const { whole, broken, damaged } = database;
      const sentences = [
        state.damaged === 0
          ? `State: version ${state.sequence} is whole, with ${state.entries} entries.`
          : `State: ${state.damaged} pieces are damaged; the next run writes them again.`,
        broken.length === 0
          ? `Database: ${whole.length} versions are whole.`
          : `Database: ${broken.length} versions are not whole (${broken.join(", ")}), ${whole.length} are; ${damaged} pieces are damaged and were laid aside.`,
      ];
      return { sentences, isWhole: state.damaged === 0 && broken.length === 0 };
    });
  }

  /** What went wrong last, by data set; empty when nothing did. */
  faults(): string[] {
    return [...this.#outcomes].flatMap(([dataSet, { isDone, note }]) =>
      isDone ? [] : [`${dataSet}: ${note}`],
    );
  }

  async #runOne(
    dataSet: DataSet,
    { signal, progress = () => undefined, takeOver = false }: MirrorSteering,
  ): Promise<string> {
    const now = this.#clock.now();
    const { keepNewest: newest, keepDays: days } = this.#settings;
    const options = { now, keep: { newest, days }, signal, progress };
    try {
      const note =
        dataSet === "state"
          ? stateNote(await this.#state.run(options))
          : databaseNote(await this.#snapshots.run(this.#database, { ...options, takeOver }));
      this.#outcomes.set(dataSet, { at: now, isDone: true, note });
      return note;
    } catch (error) {
      this.#outcomes.set(dataSet, { at: now, isDone: false, note: toError(error).message });
      throw error;
    }
  }

  /** At most one run a hall, however many servers it has: a second one waits for the end of the first. */
  async #alone<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const client = await this.#database.pool.connect();
    let isSound = false;
    try {
      while (!Locked.parse((await client.query(LOCK)).rows)[0].free) {
        await delay(LOOK_MILLISECONDS, undefined, { signal });
      }
      try {
        return await work();
      } finally {
        await client.query(UNLOCK);
        isSound = true;
      }
    } finally {
      // Where it could not be given back, the lock ends with its connection.
      client.release(!isSound);
    }
  }
}

function stateNote({ restored, mirrored, sequence }: Awaited<ReturnType<StateMirror["run"]>>): string {
  return `State: ${restored} keys restored, ${mirrored} mirrored (version ${sequence}).`;
}

function databaseNote(run: Awaited<ReturnType<DatabaseMirror["run"]>>): string {
  const kibibytes = Math.ceil(run.sentBytes / 1024);
  return `Database: ${run.rows} rows in ${run.chunks} pieces, of which ${run.sent} travelled (${kibibytes} KiB; version ${run.sequence}).`;
}
