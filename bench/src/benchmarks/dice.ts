import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { benchProgram } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, spread, type Benchmark, type Row } from "../report.ts";

const PROGRAM = new URL("../halls/dice-rolls.ts", import.meta.url);
const ENGINE = fileURLToPath(new URL("../../../packages/dice-engine/", import.meta.url));
const BUNDLER = fileURLToPath(new URL("../../../node_modules/rolldown/bin/cli.mjs", import.meta.url));
const ROLL_BUDGET = 5;
const KEPT_BUDGET = 10;
const IMPORT_BUDGET = 10;
/** Milliseconds. */
const ODDS_BUDGETS: Readonly<Record<string, number>> = {
  "4d6kh3": 1,
  "100d6": 5,
  "1000d6": 30,
  "40d20kh10": 10,
};

const Times = z.array(z.number());
const Measured = z.object({
  rolls: z.array(z.object({ text: z.string(), times: z.record(z.string(), Times) })),
  odds: z.array(z.object({ text: z.string(), times: Times })),
});
const OURS: ReadonlySet<string> = new Set(["cached", "kept", "fresh", "whole"]);
const run = promisify(execFile);

/** Dice beside the libraries of the registry, each in its own spelling. */
export const dice: Benchmark = {
  name: "dice",
  summary: "parse and roll, odds and import, beside other dice libraries",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const [rounds, milliseconds] = quick ? [3, 60] : [9, 200];
    const line = await workshop.run({
      args: [...benchProgram(PROGRAM), String(rounds), String(milliseconds)],
      ready: /^\{.*\}$/,
      patienceMilliseconds: 900_000,
    });
    const { rolls, odds } = Measured.parse(JSON.parse(line));
    progress("rolls and odds are measured; now imports");
    return {
      rows: [...rolls.flatMap(rollRows), ...odds.map(oddsRow), ...(await importRows(quick ? 3 : 11))],
      notes: [
        `${rounds} rounds of ${milliseconds} ms in turn, in one process; the first, which warms up, is left out. The peer is the fastest of those that roll the expression with every die's result; its name is behind its figure.`,
        "Ours: system randomness with rejection sampling, a list of what each die shows. Peers: their own generator, most of them Math.random.",
        `"text in the cache" looks the text up in a RollerCache, which is what a hall does; "text read every time" reads and compiles it anew; "with every die's fate" also works out what became of each die and term.`,
        "Imports: a process each, from compiled JavaScript.",
      ],
    };
  },
};

function rollRows({ text, times }: z.infer<typeof Measured>["rolls"][number]): Row[] {
  const peers = Object.entries(times).filter(([name]) => !OURS.has(name));
  const [fastest, theirs] = peers.reduce(
    (best, peer) => (median(peer[1]) < median(best[1]) ? peer : best),
    ["", [Infinity]],
  );
  const floor = `${perSecond(theirs)} ${fastest}`;
  const row = (measure: string, own: readonly number[], budget?: number): Row => {
    const ratio = median(theirs.map((time, index) => time / (own[index] ?? Number.NaN)));
    return {
      measure: `${text}: ${measure}`,
      hall: perSecond(own),
      floor,
      ratio,
      ...(budget === undefined ? {} : { budget: `>= ${budget.toFixed(2)}`, met: ratio >= budget }),
    };
  };
  return [
    row("text in the cache", times["cached"] ?? [], ROLL_BUDGET),
    row("expression kept", times["kept"] ?? [], KEPT_BUDGET),
    row("text read every time", times["fresh"] ?? []),
    row("kept, with every die's fate", times["whole"] ?? []),
  ];
}

function perSecond(nanoseconds: readonly number[]): string {
  return spread(
    nanoseconds.map((time) => 1e6 / time),
    "thousand/s",
  );
}

function oddsRow({ text, times }: z.infer<typeof Measured>["odds"][number]): Row {
  const budget = ODDS_BUDGETS[text];
  return {
    measure: `odds of ${text}`,
    hall: spread(times, "ms", 2),
    floor: "",
    ...(budget === undefined ? {} : { budget: `< ${budget} ms`, met: median(times) < budget }),
  };
}

/** How long importing takes in a fresh process. */
async function importRows(rounds: number): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "guildhall bench "));
  try {
    const file = path.join(folder, "index.mjs");
    // As the package is published: one file.
    await run(process.execPath, [
      BUNDLER,
      path.join(ENGINE, "src/index.ts"),
      "--format",
      "esm",
      "--file",
      file,
    ]);
    const own: number[] = [];
    const peer: number[] = [];
    const other = createRequire(import.meta.url).resolve("@dice-roller/rpg-dice-roller");
    for (let round = 0; round < rounds; round += 1) {
      own.push(await importTime(file));
      peer.push(await importTime(other));
    }
    return [
      {
        measure: "import in a fresh process",
        hall: spread(own, "ms", 1),
        floor: `${spread(peer, "ms", 1)} @dice-roller/rpg-dice-roller`,
        ratio: median(peer) / median(own),
        budget: `< ${IMPORT_BUDGET} ms`,
        met: median(own) < IMPORT_BUDGET,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function importTime(file: string): Promise<number> {
  const script = `const begun = performance.now(); await import(${JSON.stringify(`file://${encodeURI(file)}`)}); console.log(performance.now() - begun);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
  return Number(stdout);
}
