import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { restRollEmbedded, restRollServer } from "./benchmarks/rest-roll.ts";
import { backup } from "./benchmarks/backup.ts";
import { consolePages } from "./benchmarks/console.ts";
import { fanOut } from "./benchmarks/fan-out.ts";
import { start } from "./benchmarks/start.ts";
import { jobs } from "./benchmarks/jobs.ts";
import { memory } from "./benchmarks/memory.ts";
import { mirror } from "./benchmarks/mirror.ts";
import { modules } from "./benchmarks/modules.ts";
import { longThread } from "./benchmarks/long-thread.ts";
import { dice } from "./benchmarks/dice.ts";
import { discord } from "./benchmarks/discord.ts";
import { dispatch } from "./benchmarks/dispatch.ts";
import { slack } from "./benchmarks/slack.ts";
import { stateRedis } from "./benchmarks/state-redis.ts";
import { Workshop } from "./lab/workshop.ts";
import { drawTable, type Benchmark } from "./report.ts";

const BENCHMARKS: readonly Benchmark[] = [
  restRollEmbedded,
  restRollServer,
  fanOut,
  consolePages,
  start,
  memory,
  longThread,
  dispatch,
  modules,
  slack,
  discord,
  dice,
  backup,
  stateRedis,
  mirror,
  jobs,
];

const USAGE = `Usage: npm run bench [-- [--quick] [NAME...]]

Each benchmark measures the hall beside a floor or peer in the same run, in turns, and prints their ratio.
--quick takes fewer and shorter rounds: good to try, not to quote.

${BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join("\n")}
`;

let interrupted = false;

async function main(words: readonly string[]): Promise<number> {
  const quick = words.includes("--quick");
  const names = words.filter((word) => word !== "--quick");
  if (names.includes("-h") || names.includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no benchmark "${unknown}".\n\n${USAGE}`);
    return 2;
  }
  const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
  process.stdout.write(`${describeMachine()}${quick ? "; --quick" : ""}\n`);
  let failed = false;
  for (const benchmark of chosen) {
    if (interrupted) break;
    process.stdout.write(`\n## ${benchmark.name}: ${benchmark.summary}\n\n`);
    const begun = performance.now();
    try {
      const { rows, notes } = await benchmark.run({
        quick,
        progress: (line) => process.stderr.write(`  ${line}\n`),
      });
      if (rows.length > 0) process.stdout.write(`${drawTable(rows)}\n\n`);
      for (const note of notes) process.stdout.write(`${note}\n`);
    } catch (error) {
      failed = true;
      process.stdout.write(`Failed: ${error instanceof Error ? error.message : String(error)}\n`);
    }
    process.stderr.write(`  (${((performance.now() - begun) / 1000).toFixed(0)} s)\n`);
  }
  return failed ? 1 : 0;
}

function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model ?? "unknown processor";
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  const load = (loadavg()[0] ?? 0).toFixed(2);
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${platform()} ${release()}, ${processors.length} x ${model}, ${gibibytes} GiB; load before: ${load}`;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // A second one changes nothing: what is left behind would be for the person to remove.
    if (interrupted) return;
    interrupted = true;
    void Workshop.closeAll().finally(() => process.exit(130));
  });
}

process.exitCode = await main(process.argv.slice(2));
