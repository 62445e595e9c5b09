import { z } from "zod";
import { benchProgram } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, spread, type Benchmark, type Row } from "../report.ts";

const BUDGET_MILLISECONDS = 50;
const PROGRAM = new URL("../halls/module-starts.ts", import.meta.url);
const Rounds = z.array(z.number());
const Times = z.object({
  modules: Rounds,
  elsewhere: Rounds,
  plugins: Rounds,
  providers: Rounds,
  metrics: Rounds,
});

/** What the kernel takes to start modules, and what its automatic metrics cost. */
export const modules: Benchmark = {
  name: "modules",
  summary: "start of 100 chained trivial modules, and the automatic metrics of a command",
  run: async ({ quick }) => {
    await using workshop = new Workshop();
    const rounds = quick ? 5 : 25;
    const line = await workshop.run({
      args: [...benchProgram(PROGRAM), String(rounds)],
      ready: /^\{.*\}$/,
      patienceMilliseconds: 600_000,
    });
    const times = Times.parse(JSON.parse(line));
    const start = (measure: string, taken: readonly number[], peer: readonly number[]): Row => ({
      measure,
      hall: spread(taken, "ms", 2),
      floor: spread(peer, "ms", 2),
      ratio: median(taken.map((time, index) => time / (peer[index] ?? Number.NaN))),
      budget: `< ${BUDGET_MILLISECONDS} ms`,
      met: median(taken) < BUDGET_MILLISECONDS,
    });
    return {
      rows: [
        start("100 modules that come with the hall, beside Fastify's plugins", times.modules, times.plugins),
        start("the same, beside Nest's providers", times.modules, times.providers),
        start(
          "100 modules from elsewhere, held in check, beside Fastify's plugins",
          times.elsewhere,
          times.plugins,
        ),
        { measure: "histogram and counter of one run", hall: spread(times.metrics, "ns"), floor: "" },
      ],
      notes: [
        `Processor time. The peers are Fastify with 100 plugins, each within the one before, and Nest with 100 providers, each injected into the next. ${rounds} rounds in turn, in one process; the kernel alone, without a store, and without the loading of files.`,
      ],
    };
  },
};
