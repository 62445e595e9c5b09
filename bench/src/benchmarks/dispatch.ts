import { z } from "zod";
import { benchProgram } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, spread, type Benchmark, type Row } from "../report.ts";

const BUDGET = 1.1;
const PROGRAM = new URL("../halls/dispatch-lines.ts", import.meta.url);
const Rounds = z.array(z.number());
const Times = z.object({ few: Rounds, many: Rounds, all: Rounds });

/** From a typed line to its command and values, with many commands beside few. */
export const dispatch: Benchmark = {
  name: "dispatch",
  summary: "a typed line to its command, with 10,000 commands and with 10",
  run: async ({ quick }) => {
    await using workshop = new Workshop();
    const rounds = quick ? 5 : 15;
    const lines = quick ? 20_000 : 60_000;
    const line = await workshop.run({
      args: [...benchProgram(PROGRAM), String(rounds), String(lines)],
      ready: /^\{.*\}$/,
      patienceMilliseconds: 600_000,
    });
    const times = Times.parse(JSON.parse(line));
    const row = (measure: string, many: readonly number[]): Row => {
      const ratio = median(many.map((time, index) => time / (times.few[index] ?? Number.NaN)));
      return {
        measure,
        hall: spread(many, "ns"),
        floor: spread(times.few, "ns"),
        ratio,
        budget: `<= ${BUDGET.toFixed(2)}`,
        met: ratio <= BUDGET,
      };
    };
    return {
      rows: [
        row("lines for ten of 10,000 commands", times.many),
        row("lines for all 10,000 commands, in random order", times.all),
      ],
      notes: [
        `The peer is a registry with 10 commands. ${rounds} rounds of ${lines} lines in turn, in one process. The second row also measures the processor's caches: the schemas of 10,000 commands do not fit.`,
      ],
    };
  },
};
