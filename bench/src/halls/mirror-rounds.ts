import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { openDatabase } from "../../../packages/server/src/data/database.ts";
import { migrateToLatest } from "../../../packages/server/src/data/migrations.ts";
import { StateMirror } from "../../../packages/server/src/data/mirror/state-mirror.ts";
import { FolderObjects } from "../../../packages/server/src/data/objects/folder-objects.ts";
import type { StateEntry } from "../../../packages/server/src/data/state/state-entry.ts";
import { TableStateCopy } from "../../../packages/server/src/data/state/table-state-copy.ts";
import { TableState } from "../../../packages/server/src/data/state/table-state.ts";
import { silentLog } from "../lab/silent-log.ts";

/*
 * Fills a store's state with so many keys, mirrors it into a folder, and then in turns changes a hundred keys and mirrors
 * them, and copies a hundred such documents into the same folder, a file each. Prints the milliseconds of each round.
 */

const CHANGED = 100;
const BATCH = 5000;

const [databaseUrl = "", folder = "", keyCount = "", roundCount = ""] = process.argv.slice(2);
const keys = Number(keyCount);
const rounds = Number(roundCount);

const now = () => new Date();
const database = openDatabase({ url: databaseUrl, log: silentLog });
await migrateToLatest(database);
const copy = new TableStateCopy(database);
const state = new TableState({ database, now });
const objects = new FolderObjects({ folder: path.join(folder, "mirror"), now });
const mirror = new StateMirror({ database, copy, objects, log: silentLog });

const document = (index: number, round: number) => ({
  round,
  characters: [{ name: `Character ${index}`, sheet: `${index * 7919} `.repeat(20) }],
});
const keyOf = (index: number) => `user_${index}`;

async function fill(): Promise<void> {
  for (let from = 0; from < keys; from += BATCH) {
    const length = Math.min(BATCH, keys - from);
    await copy.apply(
      Array.from({ length }, (_, offset): StateEntry => {
        const key = keyOf(from + offset);
        const at = `${now().toISOString().slice(0, -1)}000Z`;
        return { key, at, documents: { [key]: document(from + offset, 0) }, counters: {}, sets: {} };
      }),
    );
  }
  await database.pool.query("vacuum analyze");
}

async function runMirror(): Promise<number> {
  const began = performance.now();
  const { mirrored } = await mirror.run({
    now: now(),
    keep: { newest: 24, days: 30 },
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  if (mirrored === 0) throw new Error("nothing was mirrored");
  return performance.now() - began;
}

/** Writes each document into a file of its own that is on the disk afterwards, as the mirror's pieces are. */
async function copyBare(indices: readonly number[], round: number): Promise<number> {
  const place = path.join(folder, "bare");
  await mkdir(place, { recursive: true });
  const began = performance.now();
  for (const index of indices) {
    const file = await open(path.join(place, keyOf(index)), "w");
    await file.writeFile(JSON.stringify(document(index, round)));
    await file.sync();
    await file.close();
  }
  return performance.now() - began;
}

await fill();
const first = await runMirror();
const changed: number[] = [];
const bare: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  const indices = Array.from({ length: CHANGED }, (_, place) => (place * 7919 + round * 31) % keys);
  await Promise.all(indices.map((index) => state.set(keyOf(index), document(index, round))));
  changed.push(await runMirror());
  bare.push(await copyBare(indices, round));
}
await database.close();
process.stdout.write(`${JSON.stringify({ first, changed, bare })}\n`);
