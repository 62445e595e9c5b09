import {
  ObjectStoreError,
  sql,
  type Clock,
  type Logger,
  type Store,
  type WorkspaceName,
} from "@guildhall/sdk";
import { z } from "zod";
import { digestOf, type BackupRecord } from "./backup-record.ts";
import type { BackedUpChannel, Catalogue, Segment } from "./catalogue.ts";
import type { SegmentFiles } from "./segment-files.ts";
import { channels, messages, segments } from "./tables.ts";

const BATCH = 500;
const Count = z.object({ count: z.int() });

/** What the check of a channel found. */
export interface CheckResult {
  readonly channel: BackedUpChannel;
  readonly objects: number;
  readonly records: number;
  readonly damaged: number;
}

/**
 * Reads back all that is stored, as a restore would: every object against its sum, every line against the schema, their
 * number, and that each message of the index is there as the index says.
 */
export class RestoreCheck {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #files: SegmentFiles;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(given: {
    readonly store: Store;
    readonly catalogue: Catalogue;
    readonly files: SegmentFiles;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#store = given.store;
    this.#catalogue = given.catalogue;
    this.#files = given.files;
    this.#clock = given.clock;
    this.#log = given.log;
  }

  /** The workspaces of which anything is stored. */
  async workspaces(): Promise<WorkspaceName[]> {
    return await this.#store.rows(
      sql`select distinct adapter, workspace_id as "workspaceId" from ${channels} order by 1, 2`,
      z.object({ adapter: z.string(), workspaceId: z.string() }),
    );
  }

  /**
   * Checks a workspace, channel by channel. An object that cannot be read back is laid aside, and what stood in it is
   * read from the platform again by the next backup, as far as it is still there.
   *
   * @throws ObjectStoreError when the object store cannot be reached
   */
  async *run(workspace: WorkspaceName, signal: AbortSignal): AsyncGenerator<CheckResult> {
    for (const channel of await this.#catalogue.channelsOf(workspace)) {
      let damaged = 0;
      let records = 0;
      const all = await this.#catalogue.segmentsOf(channel.id);
      for (const segment of all) {
        signal.throwIfAborted();
        if (await this.#isWhole(channel, segment)) {
          records += segment.records;
        } else {
          await this.#layAside(channel, segment);
          damaged += 1;
        }
      }
      yield { channel, objects: all.length, records, damaged };
    }
  }

  async #isWhole(channel: BackedUpChannel, segment: Segment): Promise<boolean> {
    let records = 0;
    let found = 0;
    let batch: BackupRecord[] = [];
    try {
      for await (const record of this.#files.read(segment)) {
        if (record.channelId !== channel.channel_id) return false;
        records += 1;
        batch.push(record);
        if (batch.length < BATCH) continue;
        found += await this.#named(segment, batch);
        batch = [];
      }
    } catch (error) {
      if (!(error instanceof ObjectStoreError) || error.code !== "corrupt") throw error;
      this.#log.error({ err: error, object: segment.objectKey }, "an object of a backup cannot be read back");
      return false;
    }
    found += await this.#named(segment, batch);
    const [indexed] = await this.#store.rows(
      sql`select count(*)::int as count from ${messages} where segment = ${segment.id}`,
      Count,
    );
    return records === segment.records && found >= (indexed?.count ?? 0);
  }

  /** How many of these records the index names as the newest of their messages. */
  async #named(segment: Segment, records: readonly BackupRecord[]): Promise<number> {
    const [named] = await this.#store.rows(
      sql`select count(*)::int as count from ${messages} m
          join (select distinct * from unnest(${records.map(({ position }) => position)}::bigint[],
                                              ${records.map(digestOf)}::text[]) as g (position, digest)) g
            on g.position = m.position and g.digest = m.digest
          where m.segment = ${segment.id}`,
      Count,
    );
    return named?.count ?? 0;
  }

  async #layAside(channel: BackedUpChannel, segment: Segment): Promise<void> {
    await this.#store.transaction(async (store) => {
      const [from] = await store.rows(
        sql`select least(min(m.written_at), min(p.written_at)) as since from ${messages} m
            left join ${messages} p on p.channel = m.channel and p.message_id = m.answer_in
            where m.segment = ${segment.id}`,
        z.object({ since: z.date().nullable() }),
      );
      await store.execute(sql`delete from ${messages} where segment = ${segment.id}`);
      await store.update(segments, { where: { id: segment.id }, set: { damaged_at: this.#clock.now() } });
      await store.execute(sql`
        update ${channels} set version = version + 1, is_reading = true, reading_before = null,
          reading_since = case when is_complete then least(reading_since, ${from?.since ?? this.#clock.now()}) end
        where id = ${channel.id}`);
    });
  }
}
