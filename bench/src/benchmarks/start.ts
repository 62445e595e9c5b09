import { hallEnvironment } from "../lab/hall.ts";
import { benchProgram, GUILDHALL, storeFolder } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, spread, type Benchmark } from "../report.ts";

const BUDGET_RATIO = 1.5;
const BUDGET_SECONDS = 3;
const FLOOR = new URL("../floors/bare-start.ts", import.meta.url);

/** From the process's start to its first successful answer, beside a bare HTTP server on the very same store. */
export const start: Benchmark = {
  name: "start",
  summary: "process start to first answer, embedded store",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const rounds = quick ? 3 : 12;
    const firsts = quick ? 1 : 4;
    const compileCache = await workshop.folder();

    const startHall = async (dataFolder: string) =>
      await timeStart(workshop, {
        args: [GUILDHALL, "start"],
        env: hallEnvironment({ dataFolder }),
        ready: /^Guildhall is open at (.*)$/,
      });
    const startFloor = async (dataFolder: string) =>
      await timeStart(workshop, {
        args: [...benchProgram(FLOOR), storeFolder(dataFolder)],
        // The hall keeps its compiled code, too.
        env: { NODE_COMPILE_CACHE: compileCache },
        ready: /^Floor is open at (.*)$/,
      });

    const dataFolder = await workshop.folder();
    // Warms the disk and both compile caches.
    for (const one of [startHall, startFloor, startHall, startFloor]) await one(dataFolder);
    const hall: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      hall.push(await startHall(dataFolder));
      floor.push(await startFloor(dataFolder));
      progress(
        `round ${round + 1} of ${rounds}: ${Math.round(hall.at(-1) ?? 0)} ms, ${Math.round(floor.at(-1) ?? 0)} ms`,
      );
    }
    const firstHall: number[] = [];
    const firstFloor: number[] = [];
    for (let round = 0; round < firsts; round += 1) {
      firstHall.push(await startHall(await workshop.folder()));
      firstFloor.push(await startFloor(await workshop.folder()));
    }

    const ratio = median(hall.map((time, index) => time / (floor[index] ?? Number.NaN)));
    return {
      rows: [
        {
          measure: "start to first answer",
          hall: spread(hall, "ms"),
          floor: spread(floor, "ms"),
          ratio,
          budget: `<= ${BUDGET_RATIO.toFixed(2)}`,
          met: ratio <= BUDGET_RATIO,
        },
        {
          measure: "the same, slowest round",
          hall: `${Math.max(...hall).toFixed(0)} ms`,
          floor: `${Math.max(...floor).toFixed(0)} ms`,
          budget: `< ${BUDGET_SECONDS} s`,
          met: Math.max(...hall) < BUDGET_SECONDS * 1000,
        },
        {
          measure: "first start ever (makes the store)",
          hall: spread(firstHall, "ms"),
          floor: spread(firstFloor, "ms"),
          ratio: median(firstHall) / median(firstFloor),
        },
      ],
      notes: [
        `${rounds} rounds in turn on one data folder, each stopped gently before the next; ${firsts} first starts on new folders.`,
        "Until the answer to GET /health, which both give after one `select 1`.",
      ],
    };
  },
};

/** Milliseconds from the spawn of a server to its first successful answer; it is stopped afterwards. */
async function timeStart(workshop: Workshop, options: Parameters<Workshop["start"]>[0]): Promise<number> {
  const program = await workshop.start(options);
  const answer = await fetch(`${program.ready}/health`);
  await answer.text();
  const time = performance.now() - program.spawnedAt;
  if (!answer.ok) throw new Error(`the first answer was ${answer.status}`);
  await program.stop();
  return time;
}
