import type { Logger, Objects } from "@guildhall/sdk";
import { fillStore } from "../copying/fill-store.ts";
import { withLiveSource } from "../copying/live-source.ts";
import type { SourceTable, StoreSource } from "../copying/store-source.ts";
import type { Database } from "../database.ts";
import { doneMigrations } from "../migrations.ts";
import { isDamage, MirrorBlobs } from "./mirror-blobs.ts";
import { MirrorError } from "./mirror-error.ts";
import { DatabaseVersion, type Blob } from "./mirror-format.ts";
import { MirrorPositions } from "./mirror-positions.ts";
import { MirrorVersions } from "./mirror-versions.ts";
import { rowChunks } from "./row-chunks.ts";
import type { MirrorRunOptions } from "./state-mirror.ts";

const FOLDER = "mirror/database";
const SWEEP_AFTER_MILLISECONDS = 86_400_000;

/** What one run over the database did. */
export interface DatabaseRun {
  readonly sequence: number;
  readonly rows: number;
  /** Pieces that had to travel, and all there are. */
  readonly sent: number;
  readonly chunks: number;
  /** In bytes, before compression, of what had to travel. */
  readonly sentBytes: number;
}

/** The database's mirror: consistent snapshots, of which only the pieces that changed travel. */
export class DatabaseMirror {
  readonly #blobs: MirrorBlobs;
  readonly #versions: MirrorVersions<DatabaseVersion>;
  readonly #log: Logger;

  constructor({ objects, log }: { objects: Objects; log: Logger }) {
    this.#blobs = new MirrorBlobs({ objects, folder: FOLDER });
    this.#versions = new MirrorVersions({ objects, folder: FOLDER, schema: DatabaseVersion });
    this.#log = log;
  }

  get versions(): MirrorVersions<DatabaseVersion> {
    return this.#versions;
  }

  /**
   * Takes a snapshot of a store into the mirror.
   *
   * @param options.takeOver whether the mirror may hold another hall, as after a store was set up anew on purpose
   * @throws MirrorError with the code `mirror_of_another` when it does and may not; ObjectStoreError
   */
  async run(
    database: Database,
    { takeOver = false, ...options }: MirrorRunOptions & { readonly takeOver?: boolean },
  ): Promise<DatabaseRun> {
    const { now, signal, progress } = options;
    this.#blobs.forget();
    const positions = new MirrorPositions({ database });
    const { version, last } = await this.#versions.newest(signal);
    if (version && !takeOver && (await positions.lineage()) !== version.lineage) {
      throw new MirrorError(
        "mirror_of_another",
        `The mirror holds another hall than this one, as of ${version.taken_at}: stop this hall and run "guildhall mirror restore" to bring that one back, or "guildhall mirror now --take-over" to keep this one.`,
      );
    }
    const lineage = await positions.beginLineage();
    const migrations = await doneMigrations(database);
    let sent = 0;
    let chunkCount = 0;
    let sentBytes = 0;
    const next = await withLiveSource({ pool: database.pool, migrations }, async (source) => {
      const tables: DatabaseVersion["tables"] = [];
      for (const table of source.tables) {
        signal.throwIfAborted();
        const chunks: Blob[] = [];
        for await (const chunk of rowChunks(table.content())) {
          const { blob, isNew } = await this.#blobs.put(chunk, signal);
          chunks.push(blob);
          chunkCount += 1;
          if (isNew) {
            sent += 1;
            sentBytes += chunk.byteLength;
          }
          progress({ label: `Database, ${table.schema}.${table.name}, pieces looked at`, done: chunkCount });
        }
        const { schema, name, columns, rows } = table;
        tables.push({ schema, name, columns: [...columns], is_modules: table.isModules, rows, chunks });
      }
      const snapshot: DatabaseVersion = {
        format: 1,
        data_set: "database",
        sequence: last + 1,
        taken_at: now.toISOString(),
        lineage,
        migrations: [...source.migrations],
        module_statements: [...source.moduleStatements],
        tables,
      };
      return snapshot;
    });
    await this.#versions.add(next, signal);
    await positions.set("database", { sequence: next.sequence, mark: next.taken_at });
    await this.#tidy(options);
    const rows = next.tables.reduce((sum, table) => sum + table.rows, 0);
    return { sequence: next.sequence, rows, sent, chunks: chunkCount, sentBytes };
  }

  /** The version to restore: a certain one, or the newest that is whole. @throws MirrorError */
  async choose(sequence: number | undefined, signal: AbortSignal): Promise<DatabaseVersion> {
    if (sequence !== undefined) return await this.#versions.read(sequence, signal);
    const { version, damaged } = await this.#versions.newest(signal);
    if (damaged.length > 0) {
      this.#log.warn({ sequences: damaged }, "versions of the database's mirror are damaged and left out");
    }
    if (!version) {
      throw new MirrorError(
        "mirror_empty",
        "The mirror holds no database: see that GUILDHALL_OBJECTS__URL is right.",
      );
    }
    return version;
  }

  /**
   * Fills an empty store with a version, all of it or nothing.
   *
   * @throws MirrorError when a piece is missing or damaged, StoreCopyError when the store is not empty
   */
  async restore(
    target: Database,
    version: DatabaseVersion,
    { signal, progress }: Pick<MirrorRunOptions, "signal" | "progress">,
  ): Promise<{ table: string; rows: number }[]> {
    const total = version.tables.reduce((sum, { chunks }) => sum + chunks.length, 0);
    let done = 0;
    const source: StoreSource = {
      migrations: version.migrations,
      moduleStatements: version.module_statements,
      tables: version.tables.map((table): SourceTable => ({
        ...table,
        isModules: table.is_modules,
        content: () =>
          this.#content(table.chunks, signal, () => {
            done += 1;
            progress({ label: `Restoring ${table.schema}.${table.name}, pieces`, done, total });
          }),
      })),
    };
    const counts = await fillStore({ target, source });
    await new MirrorPositions({ database: target }).set("database", {
      sequence: version.sequence,
      mark: version.taken_at,
    });
    return counts;
  }

  /**
   * Reads every piece of every version. Damaged ones are laid aside, so that the next run stores them again if they have
   * their content still.
   */
  async verify({ signal, progress }: Pick<MirrorRunOptions, "signal" | "progress">): Promise<{
    whole: number[];
    broken: number[];
    damaged: number;
  }> {
    this.#blobs.forget();
    const verdicts = new Map<string, boolean>();
    const whole: number[] = [];
    const broken: number[] = [];
    for (const sequence of await this.#versions.sequences(signal)) {
      try {
        const version = await this.#versions.read(sequence, signal);
        const blobs = version.tables.flatMap(({ chunks }) => chunks);
        let isWhole = true;
        for (const blob of blobs) {
          const verdict = verdicts.get(blob.sha256) ?? (await this.#isWhole(blob, signal));
          verdicts.set(blob.sha256, verdict);
          isWhole &&= verdict;
          progress({ label: `Database, version ${sequence}, pieces read`, done: verdicts.size });
        }
        (isWhole ? whole : broken).push(sequence);
      } catch (error) {
        if (!isDamage(error)) throw error;
        broken.push(sequence);
      }
    }
    return { whole, broken, damaged: [...verdicts.values()].filter((verdict) => !verdict).length };
  }

  async #isWhole(blob: Blob, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#blobs.get(blob, signal);
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#blobs.layAside(blob.sha256, signal);
      return false;
    }
  }

  async *#content(
    chunks: readonly Blob[],
    signal: AbortSignal,
    onPiece: () => void,
  ): AsyncIterable<Uint8Array> {
    for (const blob of chunks) {
      yield await this.#blobs.get(blob, signal);
      onPiece();
    }
  }

  async #tidy({ now, keep, signal }: MirrorRunOptions): Promise<void> {
    const { kept, isWhole } = await this.#versions.prune(keep, { now, signal });
    if (!isWhole) return;
    const used = new Set(
      kept.flatMap(({ tables }) => tables.flatMap(({ chunks }) => chunks.map(({ sha256 }) => sha256))),
    );
    await this.#blobs.sweep({ used, before: new Date(now.getTime() - SWEEP_AFTER_MILLISECONDS), signal });
  }
}
