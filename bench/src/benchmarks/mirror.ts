import { z } from "zod";
import { databaseServer, NO_SERVER } from "../lab/database-server.ts";
import { benchProgram } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import { didNotRun, median, spread, type Benchmark } from "../report.ts";

const BUDGET = 1.5;
const PROGRAM = new URL("../halls/mirror-rounds.ts", import.meta.url);
const Times = z.object({ first: z.number(), changed: z.array(z.number()), bare: z.array(z.number()) });

const FEW = 1000;
const MANY = 100_000;
const MANY_QUICK = 20_000;

/** A run of the mirror after 100 keys of very many have changed, beside few keys and beside a bare copy of those 100. */
export const mirror: Benchmark = {
  name: "mirror",
  summary: "mirroring the state after 100 of 100,000 keys have changed, into a folder",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const server = await databaseServer(workshop);
    if (!server) return didNotRun(NO_SERVER);
    const rounds = quick ? 5 : 30;
    const measure = async (keys: number) => {
      const args = [await server.makeDatabase(), await workshop.folder(), String(keys), String(rounds)];
      const line = await workshop.run({
        args: [...benchProgram(PROGRAM), ...args],
        ready: /^\{.*\}$/,
        patienceMilliseconds: 600_000,
      });
      const times = Times.parse(JSON.parse(line));
      progress(`${keys} keys: the first run took ${times.first.toFixed(0)} ms`);
      return times;
    };
    const few = await measure(FEW);
    const many = await measure(quick ? MANY_QUICK : MANY);
    const keys = (quick ? MANY_QUICK : MANY).toLocaleString("en");
    const growth = median(many.changed) / median(few.changed);
    return {
      rows: [
        {
          measure: `100 of ${keys} keys changed, beside 100 of ${FEW.toLocaleString("en")}`,
          hall: spread(many.changed, "ms", 1),
          floor: spread(few.changed, "ms", 1),
          ratio: growth,
          budget: `<= ${BUDGET.toFixed(2)}`,
          met: growth <= BUDGET,
        },
        {
          measure: "the same, beside a bare copy of those 100",
          hall: spread(many.changed, "ms", 1),
          floor: spread(many.bare, "ms", 1),
          ratio: median(many.changed.map((time, round) => time / (many.bare[round] ?? Number.NaN))),
        },
        { measure: `first run, all ${keys} keys`, hall: spread([many.first], "ms"), floor: "" },
      ],
      notes: [
        `The bare copy writes and syncs one file for each changed document, in turn with the mirror; the two sizes run one after the other. ${rounds} rounds on PostgreSQL ${server.version}.`,
      ],
    };
  },
};
