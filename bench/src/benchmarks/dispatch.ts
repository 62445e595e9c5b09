import { z } from "zod";
import { benchProgram } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, spread, type Benchmark } from "../report.ts";

const BUDGET = 1.1;
const PROGRAM = new URL("../halls/dispatch-lines.ts", import.meta.url);
const Times = z.object({ few: z.array(z.number()), many: z.array(z.number()) });

/** From a typed line to its command and values, with many commands beside few. */
export const dispatch: Benchmark = {
  name: "dispatch",
  summary: "a typed line to its command, with 10,000 commands and with 10",
  run: async ({ quick }) => {
    await using workshop = new Workshop();
    const rounds = quick ? 5 : 25;
    const lines = quick ? 20_000 : 100_000;
    const line = await workshop.run({
      args: [...benchProgram(PROGRAM), String(rounds), String(lines)],
      ready: /^\{.*\}$/,
    });
    const { few, many } = Times.parse(JSON.parse(line));
    const ratio = median(many.map((time, index) => time / (few[index] ?? Number.NaN)));
    return {
      rows: [
        {
          measure: "parse and find, 10,000 commands (peer: 10)",
          hall: spread(many, "ns"),
          floor: spread(few, "ns"),
          ratio,
          budget: `<= ${BUDGET.toFixed(2)}`,
          met: ratio <= BUDGET,
        },
      ],
      notes: [`${rounds} rounds of ${lines} lines in turn, in one process, the commands in random order.`],
    };
  },
};
