import { z } from "zod";
import { benchProgram } from "../lab/places.ts";
import { NO_REDIS, startRedis } from "../lab/redis.ts";
import { Workshop } from "../lab/workshop.ts";
import { didNotRun, median, spread, type Benchmark } from "../report.ts";

const PROGRAM = new URL("../halls/state-rounds.ts", import.meta.url);
const Found = z.record(z.string(), z.object({ hall: z.array(z.number()), bare: z.array(z.number()) }));

const MEASURES: Readonly<Record<string, string>> = {
  get: "get; bare: GET and reading the JSON",
  set: "set; bare: SET",
  update: "update by compare-and-set; bare: GET, then SET",
  counter: "increment; bare: INCRBY",
  member: "addToSet; bare: SADD",
};

/** The hall's state on Redis beside the same client without it. */
export const stateRedis: Benchmark = {
  name: "state-redis",
  summary: "state on Redis: get, set, update, counters and sets, 64 at a time",
  run: async ({ quick }) => {
    await using workshop = new Workshop();
    const url = await startRedis(workshop);
    if (url === undefined) return didNotRun(NO_REDIS);
    const rounds = quick ? 3 : 10;
    const operations = quick ? 10_000 : 30_000;
    const line = await workshop.run({
      args: [...benchProgram(PROGRAM), url, String(rounds), String(operations)],
      ready: /^\{.*\}$/,
      patienceMilliseconds: 600_000,
    });
    const found = Found.parse(JSON.parse(line));
    return {
      rows: Object.entries(found).map(([kind, { hall, bare }]) => ({
        measure: MEASURES[kind] ?? kind,
        hall: spread(hall, "/s"),
        floor: spread(bare, "/s"),
        ratio: median(hall.map((figure, round) => figure / (bare[round] ?? Number.NaN))),
      })),
      notes: [
        `Every write of the hall also looks at what kind of thing the key holds, stamps its time and numbers it for the mirror, in one script. ${rounds} rounds of ${operations.toLocaleString("en")} operations in turn, one process, a server that keeps nothing on disk.`,
      ],
    };
  },
};
