import { z } from "zod";
import { databaseServer, NO_SERVER } from "../lab/database-server.ts";
import { benchProgram } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import { didNotRun, median, quantile, spread, type Benchmark, type Row } from "../report.ts";

const PROGRAM = new URL("../halls/job-rounds.ts", import.meta.url);
const Side = z.object({ runs: z.int(), waits: z.array(z.number()) });
const Found = z.object({ one: Side, all: Side });

/** What a side did in a round: milliseconds, and runs a second. */
interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

/** A service that is due at once until it runs, beside a bare job of the engine that the hall uses. */
export const jobs: Benchmark = {
  name: "jobs",
  summary: "services that are due again at once, beside bare jobs of graphile-worker",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const server = await databaseServer(workshop);
    if (!server) return didNotRun(NO_SERVER);
    const rounds = quick ? 2 : 6;
    const milliseconds = quick ? 2000 : 5000;
    const hallUrl = await server.makeDatabase();
    const floorUrl = await server.makeDatabase();
    const measure = async (side: "hall" | "bare", url: string): Promise<Figures> => {
      await server.checkpoint();
      const line = await workshop.run({
        args: [...benchProgram(PROGRAM), side, url, String(milliseconds)],
        ready: /^\{.*\}$/,
      });
      const { one, all } = Found.parse(JSON.parse(line));
      const waits = one.waits.toSorted((a, b) => a - b);
      const perSecond = all.runs / (milliseconds / 1000);
      progress(`${side}: ${perSecond.toFixed(0)} runs/s`);
      return { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), perSecond };
    };
    const found: { hall: Figures; floor: Figures }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      found.push({ hall: await measure("hall", hallUrl), floor: await measure("bare", floorUrl) });
    }
    const row = (measured: string, part: "p50" | "p99" | "perSecond", unit: string, digits: number): Row => ({
      measure: measured,
      hall: spread(
        found.map(({ hall }) => hall[part]),
        unit,
        digits,
      ),
      floor: spread(
        found.map(({ floor }) => floor[part]),
        unit,
        digits,
      ),
      ratio: median(found.map(({ hall, floor }) => hall[part] / floor[part])),
    });
    return {
      rows: [
        row("from one run to the next of one that is due at once, p50", "p50", "ms", 2),
        row("the same, p99", "p99", "ms", 2),
        row("runs of eight such, in one process", "perSecond", "/s", 0),
      ],
      notes: [
        `The bare job adds its successor as it ends. The hall also takes the run for itself among all servers, keeps how it went, and says when it runs next: three transactions more. PostgreSQL ${server.version}; ${rounds} rounds of ${milliseconds / 1000} s in turn.`,
      ],
    };
  },
};
