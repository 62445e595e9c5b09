import { sql, type ChatChannel, type ChatPage, type Store, type WorkspaceName } from "@guildhall/sdk";
import { z } from "zod";
import { monthOf, type BackupRecord } from "./backup-record.ts";
import type { Finding, KnownMessage } from "./compare-page.ts";
import { SEGMENTS, type SegmentFiles, type StoredSegment } from "./segment-files.ts";
import { channels, messages, segments } from "./tables.ts";

/** No page is compared with more; what is above is found at the next reading. */
const MOST_KNOWN = 5000;

const Channel = z.object({
  id: z.string(),
  adapter: z.string(),
  workspace_id: z.string(),
  channel_id: z.string(),
  name: z.string(),
  version: z.bigint(),
  is_complete: z.boolean(),
  is_reading: z.boolean(),
  reading_since: z.date().nullable(),
  reading_before: z.bigint().nullable(),
  completed_at: z.date().nullable(),
  fault: z.string().nullable(),
});
/** A channel as far as the backup is with it. */
export type BackedUpChannel = z.infer<typeof Channel>;

/** How far a reading is. */
export type ReadingState = Partial<
  Pick<
    BackedUpChannel,
    "is_complete" | "is_reading" | "reading_since" | "reading_before" | "completed_at" | "fault" | "name"
  >
>;

const Known = z
  .object({
    message_id: z.string(),
    position: z.bigint(),
    answer_in: z.string().nullable(),
    written_at: z.date(),
    digest: z.string(),
  })
  .transform(({ message_id, position, answer_in, written_at, digest }): KnownMessage => ({
    id: message_id,
    position,
    answerIn: answer_in,
    at: written_at,
    digest,
  }));

const Segment = z
  .object({
    id: z.string(),
    month: z.string(),
    object_key: z.string(),
    sha256: z.string(),
    bytes: z.bigint(),
    records: z.int(),
    first_position: z.bigint(),
  })
  .transform(({ object_key, first_position, ...rest }) => ({
    ...rest,
    objectKey: object_key,
    firstPosition: first_position,
  }));
/** An object with records, and what is known of it. */
export type Segment = z.infer<typeof Segment>;

/** Somebody else changed what is stored of this channel: another run is at it, or it was deleted. */
export class ChannelTakenError extends Error {
  override readonly name = "ChannelTakenError";
}

/**
 * What is stored of channels: the index in the module's tables, and the objects that it names. An object is written
 * first and named afterwards, in the transaction that also notes how far the reading is: a crash between the two leaves
 * an object that nothing names, and the page is read again.
 */
export class Catalogue {
  readonly #store: Store;
  readonly #files: SegmentFiles;
  readonly #now: () => Date;

  constructor(given: { readonly store: Store; readonly files: SegmentFiles; readonly now: () => Date }) {
    this.#store = given.store;
    this.#files = given.files;
    this.#now = given.now;
  }

  /** The channel's entry, made where there is none. */
  async open(channel: ChatChannel): Promise<BackedUpChannel> {
    const { adapter, workspaceId, channelId, name } = channel;
    await this.#store.execute(sql`
      insert into ${channels} (id, adapter, workspace_id, channel_id, name)
      values (${this.#store.newId()}, ${adapter}, ${workspaceId}, ${channelId}, ${name})
      on conflict (adapter, workspace_id, channel_id) do update set name = excluded.name`);
    const [found] = await this.#store.rows(
      sql`select * from ${channels}
          where adapter = ${adapter} and workspace_id = ${workspaceId} and channel_id = ${channelId}`,
      Channel,
    );
    if (!found) throw new ChannelTakenError("the channel was deleted at that moment");
    return found;
  }

  /** The channels of a workspace of which anything is stored, by name. */
  async channelsOf({ adapter, workspaceId }: WorkspaceName): Promise<BackedUpChannel[]> {
    return await this.#store.rows(
      sql`select * from ${channels} where adapter = ${adapter} and workspace_id = ${workspaceId} order by name, id`,
      Channel,
    );
  }

  /** Notes why a channel could not be read to its end. */
  async noteFault({ adapter, workspaceId, channelId }: ChatChannel, fault: string): Promise<void> {
    const where = { adapter, workspace_id: workspaceId, channel_id: channelId };
    await this.#store.update(channels, { where, set: { fault } });
  }

  /** Changes how far a reading is. @throws ChannelTakenError */
  async advance(channel: BackedUpChannel, state: ReadingState): Promise<BackedUpChannel> {
    return await advanced(this.#store, channel, state);
  }

  /** What the backup knows of the messages that a page, of the channel or of a thread, reaches over. */
  async known(channel: BackedUpChannel, page: ChatPage, answerIn: string | null): Promise<KnownMessage[]> {
    const positions = page.messages.map(({ position }) => position.toString());
    const above = page.after === null ? sql`` : sql` and position > ${page.after}`;
    const below = page.before === null ? sql`` : sql` and position < ${page.before}`;
    return await this.#store.rows(
      sql`
        select message_id, position, answer_in, written_at, digest from ${messages}
        where channel = ${channel.id} and position = any(${positions}::bigint[])
        union
        (select message_id, position, answer_in, written_at, digest from ${messages}
         where channel = ${channel.id} and answer_in is not distinct from ${answerIn}${above}${below}
         order by position desc limit ${MOST_KNOWN})`,
      Known,
    );
  }

  /** Stores findings and how far the reading is, both or neither. @throws ChannelTakenError, ObjectStoreError */
  async store(
    channel: BackedUpChannel,
    findings: readonly Finding[],
    state: ReadingState,
  ): Promise<BackedUpChannel> {
    const months = Map.groupBy(findings, ({ record }) => monthOf(record));
    const written: { month: string; id: string; file: StoredSegment; findings: readonly Finding[] }[] = [];
    try {
      for (const [month, own] of months) {
        const id = this.#store.newId();
        const records: BackupRecord[] = own.map(({ record }) => record);
        const file = await this.#files.write(objectKey(channel, month, id), records);
        written.push({ month, id, file, findings: own });
      }
      return await this.#store.transaction(async (store) => {
        const next = await advanced(store, channel, state);
        for (const { month, id, file, findings: own } of written) {
          const firstPosition = own[0]?.known.position ?? 0n;
          const facts = { id, month, file, records: own.length, firstPosition };
          await this.#insertSegment(store, channel.id, facts);
          await putMessages(store, { channel: channel.id, segment: id, findings: own });
        }
        return next;
      });
    } catch (error) {
      // What cannot be removed now, the sweep finds.
      await this.#files.remove(written.map(({ file }) => file.objectKey)).catch(() => undefined);
      throw error;
    }
  }

  /** When the newest message that is known of a channel was written. */
  async newestAt(channel: BackedUpChannel): Promise<Date | undefined> {
    const [newest] = await this.#store.rows(
      sql`select written_at from ${messages} where channel = ${channel.id} order by position desc limit 1`,
      z.object({ written_at: z.date() }),
    );
    return newest?.written_at;
  }

  /** The threads in which something was written since an instant. */
  async liveThreads(channel: BackedUpChannel, since: Date): Promise<string[]> {
    const found = await this.#store.rows(
      sql`select distinct answer_in from ${messages}
          where channel = ${channel.id} and answer_in is not null and written_at >= ${since} order by answer_in`,
      z.object({ answer_in: z.string() }),
    );
    return found.map(({ answer_in }) => answer_in);
  }

  /** The whole objects of a channel, the oldest month first; of one month where it is named. */
  async segmentsOf(channelId: string, month?: string): Promise<Segment[]> {
    const only = month === undefined ? sql`` : sql` and month = ${month}`;
    return await this.#store.rows(
      sql`select id, month, object_key, sha256, bytes, records, first_position from ${segments}
          where channel = ${channelId} and damaged_at is null${only} order by month, first_position, id`,
      Segment,
    );
  }

  /** Makes one object of all those of each month that is over. @throws ChannelTakenError, ObjectStoreError */
  async joinMonths(channel: BackedUpChannel): Promise<BackedUpChannel> {
    const present = this.#now().toISOString().slice(0, 7);
    const months = Map.groupBy(await this.segmentsOf(channel.id), ({ month }) => month);
    let current = channel;
    for (const [month, parts] of months) {
      if (month >= present || parts.length < 2) continue;
      current = await this.#join(current, month, parts);
    }
    return current;
  }

  /** Takes everything that is stored of a channel away. Returns how many messages that were. */
  async delete(channel: BackedUpChannel): Promise<number> {
    const keys = await this.#store.rows(
      sql`select object_key from ${segments} where channel = ${channel.id}`,
      z.object({ object_key: z.string() }),
    );
    const count = await this.#store.transaction(async (store) => {
      const removed = await store.execute(sql`delete from ${messages} where channel = ${channel.id}`);
      await store.execute(sql`delete from ${channels} where id = ${channel.id}`);
      return removed;
    });
    await this.#files.remove(keys.map(({ object_key }) => object_key));
    return count;
  }

  /** Removes objects, stored before an instant, that nothing names. Returns how many. */
  async sweep(before: Date): Promise<number> {
    let removed = 0;
    for await (const keys of this.#files.storedBefore(before, 500)) {
      const named = await this.#store.rows(
        sql`select object_key from ${segments} where object_key = any(${keys})`,
        z.object({ object_key: z.string() }),
      );
      const isNamed = new Set(named.map(({ object_key }) => object_key));
      const orphans = keys.filter((key) => !isNamed.has(key));
      await this.#files.remove(orphans);
      removed += orphans.length;
    }
    return removed;
  }

  async #join(channel: BackedUpChannel, month: string, parts: readonly Segment[]): Promise<BackedUpChannel> {
    const id = this.#store.newId();
    const file = await this.#files.join(objectKey(channel, month, id), parts);
    const old = parts.map((part) => part.id);
    const records = parts.reduce((sum, part) => sum + part.records, 0);
    const next = await this.#store.transaction(async (store) => {
      const moved = await advanced(store, channel, {});
      const firstPosition = parts[0]?.firstPosition ?? 0n;
      await this.#insertSegment(store, channel.id, { id, month, file, records, firstPosition });
      await store.execute(sql`update ${messages} set segment = ${id} where segment = any(${old}::uuid[])`);
      await store.execute(sql`delete from ${segments} where id = any(${old}::uuid[])`);
      return moved;
    });
    await this.#files.remove(parts.map(({ objectKey: key }) => key));
    return next;
  }

  async #insertSegment(
    store: Store,
    channel: string,
    given: {
      readonly id: string;
      readonly month: string;
      readonly file: StoredSegment;
      readonly records: number;
      readonly firstPosition: bigint;
    },
  ): Promise<void> {
    const { id, month, file, records, firstPosition } = given;
    await store.insert(segments, {
      id,
      channel,
      month,
      object_key: file.objectKey,
      sha256: file.sha256,
      bytes: file.bytes,
      records,
      first_position: firstPosition,
      created_at: this.#now(),
    });
  }
}

function objectKey(
  { adapter, workspace_id, channel_id }: BackedUpChannel,
  month: string,
  id: string,
): string {
  return `${SEGMENTS}${adapter}/${workspace_id}/${channel_id}/${month}/${id}.jsonl.gz`;
}

async function advanced(
  store: Store,
  channel: BackedUpChannel,
  state: ReadingState,
): Promise<BackedUpChannel> {
  const { id, version } = channel;
  const moved = { ...state, version: version + 1n };
  const count = await store.update(channels, { where: { id, version }, set: moved });
  if (count === 0) throw new ChannelTakenError(`the backup of channel ${id} was changed by somebody else`);
  return { ...channel, ...moved };
}

async function putMessages(
  store: Store,
  given: { readonly channel: string; readonly segment: string; readonly findings: readonly Finding[] },
): Promise<void> {
  const known = given.findings.map((finding) => finding.known);
  const column = (value: (one: Finding["known"]) => string) => known.map(value);
  await store.execute(sql`
    insert into ${messages} (channel, position, message_id, answer_in, written_at, digest, segment)
    select ${given.channel}, given.position, given.message_id, nullif(given.answer_in, ''),
           given.written_at, given.digest, ${given.segment}
    from unnest(
      ${column(({ position }) => position.toString())}::bigint[], ${column(({ id }) => id)}::text[],
      ${column(({ answerIn }) => answerIn ?? "")}::text[],
      ${column(({ at }) => at.toISOString())}::timestamptz[], ${column(({ digest }) => digest)}::text[]
    ) as given (position, message_id, answer_in, written_at, digest)
    on conflict (channel, position) do update set
      digest = excluded.digest, segment = excluded.segment`);
}
