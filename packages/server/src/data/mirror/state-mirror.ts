import type { Logger, Objects } from "@guildhall/sdk";
import type { Database } from "../database.ts";
import { toError } from "../../kernel/to-error.ts";
import type { StateCopy } from "../state/state-copy.ts";
import { StateEntry } from "../state/state-entry.ts";
import { isDamage, MirrorBlobs } from "./mirror-blobs.ts";
import { StateVersion } from "./mirror-format.ts";
import type { ShowStep } from "./mirror-step.ts";
import { MirrorPositions } from "./mirror-positions.ts";
import { MirrorVersions, type Retention } from "./mirror-versions.ts";

const FOLDER = "mirror/state";
const SEGMENT_ENTRIES = 5000;
/** Segments are written anew when they hold so many more entries than there are keys, or are so many. */
const MOST_DEAD = 2;
const FEWEST_TO_COMPACT = 5000;
const MOST_SEGMENTS = 200;
const SWEEP_AFTER_MILLISECONDS = 86_400_000;

/** What one run over the state did. */
export interface StateRun {
  /** Keys that were newer in the mirror and are here now. */
  readonly restored: number;
  /** Keys that were newer here and are in the mirror now. */
  readonly mirrored: number;
  readonly sequence: number;
}

/** What a run is given. */
export interface MirrorRunOptions {
  readonly now: Date;
  readonly keep: Retention;
  readonly signal: AbortSignal;
  readonly progress: ShowStep;
}

interface Plan {
  readonly version: StateVersion | undefined;
  readonly last: number;
  readonly segments: StateVersion["segments"];
  /** Times of what the mirror has, by key; undefined when only what changed since the last run is looked at. */
  readonly stored: ReadonlyMap<string, string> | undefined;
}

/**
 * The state's mirror: key by key the newer side wins, equal times do nothing, and what is nowhere is very old. When this
 * store and the mirror are in step, only what was written since is looked at.
 */
export class StateMirror {
  readonly #copy: StateCopy;
  readonly #positions: MirrorPositions;
  readonly #blobs: MirrorBlobs;
  readonly #versions: MirrorVersions<StateVersion>;
  readonly #log: Logger;

  constructor(given: {
    readonly database: Database;
    /** The state, wherever it lies. */
    readonly copy: StateCopy;
    readonly objects: Objects;
    readonly log: Logger;
  }) {
    const { database, objects, log } = given;
    this.#copy = given.copy;
    this.#positions = new MirrorPositions({ database });
    this.#blobs = new MirrorBlobs({ objects, folder: FOLDER });
    this.#versions = new MirrorVersions({ objects, folder: FOLDER, schema: StateVersion });
    this.#log = log;
  }

  /** The versions, as the store lists them. */
  get versions(): MirrorVersions<StateVersion> {
    return this.#versions;
  }

  /** Brings both sides into step. @throws ObjectStoreError, MirrorError; what was done till then holds, and is repeated without harm */
  async run(options: MirrorRunOptions): Promise<StateRun> {
    const { signal, progress } = options;
    this.#blobs.forget();
    const { version, last, damaged } = await this.#versions.newest(signal);
    for (const sequence of damaged)
      this.#log.warn({ sequence }, "a version of the state's mirror is damaged");
    const position = await this.#positions.get("state");
    const standing = position ? await this.#copy.standingOf(position.mark) : "foreign";
    const isInStep =
      standing === "followed" && version !== undefined && position?.sequence === last && damaged.length === 0;
    let restored = 0;
    let segments = version?.segments ?? [];
    let stored: Map<string, string> | undefined;
    if (!isInStep) {
      const read = await this.#readAll(version, { signal, progress });
      ({ segments } = read);
      stored = new Map([...read.entries].map(([key, { at }]) => [key, at]));
      const entries = [...read.entries.values()];
      for (let from = 0; from < entries.length; from += SEGMENT_ENTRIES) {
        const some = entries.slice(from, from + SEGMENT_ENTRIES);
        // Here never met the mirror: what was counted before the meeting is not to hide what is stored, nor the reverse.
        if (standing === "foreign") await this.#copy.merge(some);
        restored += await this.#copy.apply(some);
        progress({ label: "State, keys compared", done: from + some.length, total: entries.length });
      }
    }
    const plan: Plan = { version, last, segments, stored };
    const written = await this.#write(plan, isInStep ? position?.mark : undefined, options);
    await this.#positions.set("state", written);
    if (written.sequence % 24 === 0 || !isInStep) await this.#tidy(options);
    return { restored, mirrored: written.mirrored, sequence: written.sequence };
  }

  /** Reads every piece of the newest version. Returns the number of entries; damaged pieces are laid aside. */
  async verify({ signal, progress }: Pick<MirrorRunOptions, "signal" | "progress">): Promise<{
    entries: number;
    damaged: number;
    sequence: number;
  }> {
    const { version, last, damaged } = await this.#versions.newest(signal);
    let entries = 0;
    let broken = damaged.length;
    const segments = version?.segments ?? [];
    for (const [index, segment] of segments.entries()) {
      progress({ label: "State, pieces read", done: index, total: segments.length });
      try {
        entries += (await this.#readSegment(segment, signal)).length;
      } catch (error) {
        if (!isDamage(error)) throw error;
        broken += 1;
        await this.#blobs.layAside(segment.blob.sha256, signal);
      }
    }
    // The next run compares everything, and so writes anew what was lost.
    if (broken > 0) await this.#positions.forget("state");
    return { entries, damaged: broken, sequence: last };
  }

  async #readAll(
    version: StateVersion | undefined,
    { signal, progress }: Pick<MirrorRunOptions, "signal" | "progress">,
  ): Promise<{ entries: Map<string, StateEntry>; segments: StateVersion["segments"] }> {
    const entries = new Map<string, StateEntry>();
    const segments: StateVersion["segments"] = [];
    const all = version?.segments ?? [];
    for (const [index, segment] of all.entries()) {
      try {
        for (const entry of await this.#readSegment(segment, signal)) entries.set(entry.key, entry);
        segments.push(segment);
      } catch (error) {
        if (!isDamage(error)) throw error;
        // What only it had counts as not stored, and is written again if it is here.
        this.#log.warn({ err: toError(error) }, "a piece of the state's mirror is damaged and left out");
      }
      progress({ label: "State, pieces read", done: index + 1, total: all.length });
    }
    return { entries, segments };
  }

  async #readSegment({ blob }: StateVersion["segments"][number], signal: AbortSignal): Promise<StateEntry[]> {
    const content = Buffer.from(await this.#blobs.get(blob, signal)).toString();
    return content
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => StateEntry.parse(JSON.parse(line)));
  }

  async #write(
    { version, last, segments, stored }: Plan,
    mark: string | undefined,
    { now, signal, progress }: MirrorRunOptions,
  ): Promise<{ sequence: number; mark: string; mirrored: number }> {
    return await this.#copy.changedSince(mark, async (changed) => {
      const added: StateVersion["segments"] = [];
      let mirrored = 0;
      let fresh = 0;
      let waiting: StateEntry[] = [];
      const flush = async () => {
        if (waiting.length === 0) return;
        added.push(await this.#writeSegment(waiting, signal));
        progress({ label: "State, keys mirrored", done: mirrored });
        waiting = [];
      };
      for await (const page of changed.pages) {
        for (const entry of page) {
          const at = stored?.get(entry.key);
          if (stored && at !== undefined && at >= entry.at) continue;
          if (at === undefined) fresh += 1;
          waiting.push(entry);
          mirrored += 1;
        }
        if (waiting.length >= SEGMENT_ENTRIES) await flush();
      }
      await flush();
      const isSame = added.length === 0 && segments.length === (version?.segments.length ?? 0);
      if (isSame) return { sequence: last, mark: changed.mark, mirrored };
      // Exact after a whole comparison. In between new keys and old ones look alike; that they are taken for old ones
      // only brings the next writing anew, and with it the exact count, nearer.
      const keys = stored ? stored.size + fresh : (version?.keys ?? mirrored);
      let next: StateVersion = {
        format: 1,
        data_set: "state",
        sequence: last + 1,
        taken_at: now.toISOString(),
        segments: [...segments, ...added],
        keys,
      };
      if (isDueToCompact(next)) next = await this.#compact(next, { signal, progress });
      await this.#versions.add(next, signal);
      return { sequence: next.sequence, mark: changed.mark, mirrored };
    });
  }

  async #compact(
    version: StateVersion,
    given: Pick<MirrorRunOptions, "signal" | "progress">,
  ): Promise<StateVersion> {
    const { entries } = await this.#readAll(version, given);
    const all = [...entries.values()];
    const segments: StateVersion["segments"] = [];
    for (let from = 0; from < all.length; from += SEGMENT_ENTRIES) {
      segments.push(await this.#writeSegment(all.slice(from, from + SEGMENT_ENTRIES), given.signal));
    }
    return { ...version, segments, keys: all.length };
  }

  async #writeSegment(
    entries: readonly StateEntry[],
    signal: AbortSignal,
  ): Promise<StateVersion["segments"][number]> {
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    const { blob } = await this.#blobs.put(Buffer.from(text), signal);
    return { blob, entries: entries.length };
  }

  async #tidy({ now, keep, signal }: MirrorRunOptions): Promise<void> {
    const { kept, isWhole } = await this.#versions.prune(keep, { now, signal });
    // What a version that cannot be read names is not known: nothing is swept beside it.
    if (!isWhole) return;
    const used = new Set(kept.flatMap(({ segments }) => segments.map(({ blob }) => blob.sha256)));
    const before = new Date(now.getTime() - SWEEP_AFTER_MILLISECONDS);
    await this.#blobs.sweep({ used, before, signal });
  }
}

function isDueToCompact({ segments, keys }: StateVersion): boolean {
  const entries = segments.reduce((sum, segment) => sum + segment.entries, 0);
  return segments.length > MOST_SEGMENTS || (entries > FEWEST_TO_COMPACT && entries > MOST_DEAD * keys);
}
