import { sql, type Store } from "@guildhall/sdk";
import { z } from "zod";
import { DELETED, digestOf, type BackupRecord } from "./backup-record.ts";
import type { BackedUpChannel, Catalogue, Segment } from "./catalogue.ts";
import type { SegmentFiles } from "./segment-files.ts";
import { channels, messages, segments } from "./tables.ts";

/** A message as it stands, by its newest record. */
export type StoredMessage = Exclude<BackupRecord, { kind: "deletion" }>;

/** What is stored of a channel, in figures. */
export interface ChannelFigures {
  readonly messages: number;
  readonly deleted: number;
  readonly oldest: Date | null;
  readonly newest: Date | null;
  /** Of the objects, compressed. */
  readonly bytes: bigint;
  readonly damaged: number;
}

/** Pieces of an export are no larger than this, a single object apart. */
const PIECE_BYTES = 8 * 1024 * 1024;
const BATCH = 200;

/** Reads what is stored. */
export class StoredMessages {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #files: SegmentFiles;

  constructor(given: { readonly store: Store; readonly catalogue: Catalogue; readonly files: SegmentFiles }) {
    this.#store = given.store;
    this.#catalogue = given.catalogue;
    this.#files = given.files;
  }

  /** What is stored of a channel, in figures. */
  async figures(channel: BackedUpChannel): Promise<ChannelFigures> {
    const [counted] = await this.#store.rows(
      sql`select count(*) filter (where digest <> ${DELETED})::int as messages,
                 count(*) filter (where digest = ${DELETED})::int as deleted,
                 min(written_at) as oldest, max(written_at) as newest
          from ${messages} where channel = ${channel.id}`,
      z.object({
        messages: z.int(),
        deleted: z.int(),
        oldest: z.date().nullable(),
        newest: z.date().nullable(),
      }),
    );
    const [stored] = await this.#store.rows(
      sql`select coalesce(sum(bytes) filter (where damaged_at is null), 0)::bigint as bytes,
                 count(*) filter (where damaged_at is not null)::int as damaged
          from ${segments} where channel = ${channel.id}`,
      z.object({ bytes: z.bigint(), damaged: z.int() }),
    );
    return {
      ...(counted ?? { messages: 0, deleted: 0, oldest: null, newest: null }),
      ...(stored ?? { bytes: 0n, damaged: 0 }),
    };
  }

  /** How many channels there are, how many could not be read the last time, and how many damaged objects are not read anew. */
  async faults(): Promise<{ readonly channels: number; readonly failing: number; readonly damaged: number }> {
    const [found] = await this.#store.rows(
      sql`select count(*)::int as channels, count(fault)::int as failing,
                 (select count(*)::int from ${segments} s join ${channels} c on c.id = s.channel
                  where s.damaged_at > coalesce(c.completed_at, '-infinity')
                     or s.damaged_at is not null and c.is_reading) as damaged
          from ${channels}`,
      z.object({ channels: z.int(), failing: z.int(), damaged: z.int() }),
    );
    return found ?? { channels: 0, failing: 0, damaged: 0 };
  }

  /**
   * The messages of channels that hold a text, whatever its case, as they stand now: neither deleted ones nor what was
   * edited away. The newest month of each channel comes first.
   */
  async *search(
    found: readonly BackedUpChannel[],
    { words, signal }: { readonly words: string; readonly signal: AbortSignal },
  ): AsyncGenerator<StoredMessage> {
    const wanted = words.toLowerCase();
    for (const channel of found) {
      for (const segment of (await this.#catalogue.segmentsOf(channel.id)).toReversed()) {
        let batch: StoredMessage[] = [];
        for await (const record of this.#files.read(segment)) {
          signal.throwIfAborted();
          if (record.kind === "deletion" || !record.text.toLowerCase().includes(wanted)) continue;
          batch.push(record);
          if (batch.length < BATCH) continue;
          yield* await this.#standing(segment, batch);
          batch = [];
        }
        yield* await this.#standing(segment, batch);
      }
    }
  }

  /** All records of a channel, of one month where it is named, in files of gzip over lines of JSON. */
  async *export(
    channel: BackedUpChannel,
    month?: string,
  ): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }> {
    let piece: Uint8Array[] = [];
    let size = 0;
    let count = 0;
    const named = month === undefined ? channel.name : `${channel.name}-${month}`;
    const file = () => {
      count += 1;
      const made = { name: `${named}-${count}.jsonl.gz`, bytes: Buffer.concat(piece) };
      piece = [];
      size = 0;
      return made;
    };
    for (const segment of await this.#catalogue.segmentsOf(channel.id, month)) {
      if (size > 0 && size + Number(segment.bytes) > PIECE_BYTES) yield file();
      for await (const part of this.#files.bytes(segment)) {
        piece.push(part);
        size += part.length;
      }
    }
    if (size > 0) yield file();
  }

  /** Those that are the newest record of their message, oldest first. */
  async #standing(segment: Segment, records: readonly StoredMessage[]): Promise<StoredMessage[]> {
    if (records.length === 0) return [];
    const rows = await this.#store.rows(
      sql`select position, digest from ${messages}
          where segment = ${segment.id} and position = any(${records.map(({ position }) => position)}::bigint[])`,
      z.object({ position: z.bigint(), digest: z.string() }),
    );
    const digests = new Map(rows.map(({ position, digest }) => [position.toString(), digest]));
    return records.filter((record) => digests.get(record.position) === digestOf(record));
  }
}
