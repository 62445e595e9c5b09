import { createClient } from "@redis/client";
import { RedisState } from "../../../packages/server/src/data/state/redis-state.ts";
import { silentLog } from "../lab/silent-log.ts";

/*
 * Asks one Redis server by the hall's state and by the bare client, in turns, so many questions at a time. Prints the
 * operations a second of each round.
 */

const IN_FLIGHT = 64;
const KEYS = 1000;

const [url = "", roundCount = "", operationCount = ""] = process.argv.slice(2);
const rounds = Number(roundCount);
const operations = Number(operationCount);

const state = await RedisState.open({ url, now: () => new Date(), log: silentLog });
const client = createClient({ url, RESP: 2 });
await client.connect();

const value = { characters: [{ name: "Grog", level: 4 }], saved: ["4d6kh3", "1d20+5"] };
const text = JSON.stringify(value);
const keyOf = (turn: number) => `user_${turn % KEYS}`;

type Operation = (turn: number) => Promise<unknown>;
const kinds: Readonly<Record<string, { readonly hall: Operation; readonly bare: Operation }>> = {
  set: {
    hall: (turn) => state.set(keyOf(turn), value),
    bare: (turn) => client.set(`bare_${keyOf(turn)}`, text),
  },
  get: {
    hall: (turn) => state.get(keyOf(turn)),
    bare: async (turn): Promise<unknown> => JSON.parse((await client.get(`bare_${keyOf(turn)}`)) ?? "null"),
  },
  update: {
    hall: (turn) => state.update(keyOf(turn), () => value),
    bare: async (turn) => {
      await client.get(`bare_${keyOf(turn)}`);
      await client.set(`bare_${keyOf(turn)}`, text);
    },
  },
  counter: {
    hall: (turn) => state.increment(new Map([[`count_${turn % KEYS}`, 1]])),
    bare: (turn) => client.incrBy(`bare_count_${turn % KEYS}`, 1),
  },
  member: {
    hall: (turn) => state.addToSet("set", [`m${turn % KEYS}`]),
    bare: (turn) => client.sAdd("bare_set", `m${turn % KEYS}`),
  },
};

async function perSecond(work: (turn: number) => Promise<unknown>): Promise<number> {
  let turn = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (turn < operations) await work((turn += 1));
    }),
  );
  return operations / ((performance.now() - began) / 1000);
}

const found: Record<string, { hall: number[]; bare: number[] }> = {};
for (const [kind, { hall, bare }] of Object.entries(kinds)) {
  const figures: { hall: number[]; bare: number[] } = { hall: [], bare: [] };
  found[kind] = figures;
  await perSecond(hall);
  await perSecond(bare);
  for (let round = 0; round < rounds; round += 1) {
    figures.hall.push(await perSecond(hall));
    figures.bare.push(await perSecond(bare));
  }
}
await state.close();
await client.close();
process.stdout.write(`${JSON.stringify(found)}\n`);
