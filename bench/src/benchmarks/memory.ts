import { setTimeout as delay } from "node:timers/promises";
import { startHall } from "../lab/hall.ts";
import { benchProgram, storeFolder } from "../lab/places.ts";
import { descendants, memoryOf, type Memory } from "../lab/process-tree.ts";
import { Workshop, type Program } from "../lab/workshop.ts";
import { median, spread, type Benchmark, type Row } from "../report.ts";

const BUDGET_MEBIBYTES = 80;
const REST_MILLISECONDS = 10_000;
const FLOOR = new URL("../floors/bare-start.ts", import.meta.url);

/** Memory of a hall at rest beside that of the embedded store alone. */
export const memory: Benchmark = {
  name: "memory",
  summary: "memory at rest, embedded store",
  run: async ({ quick, progress }) => {
    const rounds = quick ? 1 : 3;
    const whole: Memory[] = [];
    const node: Memory[] = [];
    const store: Memory[] = [];
    const bare: Memory[] = [];
    await using workshop = new Workshop();
    const dataFolder = await workshop.folder();
    // The first start makes the store, which a hall at rest has long behind it.
    await (await startHall(workshop, { dataFolder })).program.stop();
    for (let round = 0; round < rounds; round += 1) {
      const hall = await startHall(workshop, { dataFolder });
      await (await fetch(`${hall.url}/health`)).text();
      const measured = await atRest(hall.program);
      whole.push(measured.whole);
      node.push(measured.node);
      const floor = await workshop.start({
        args: [...benchProgram(FLOOR), storeFolder(dataFolder)],
        ready: /^Floor is open at (.*)$/,
      });
      const alone = await atRest(floor);
      store.push(alone.below);
      bare.push(alone.node);
      progress(`round ${round + 1} of ${rounds}`);
    }
    const row = (measure: string, part: keyof Memory): Row => ({
      measure,
      hall: spread(
        whole.map((one) => one[part]),
        "MiB",
        1,
      ),
      floor: spread(
        store.map((one) => one[part]),
        "MiB",
        1,
      ),
    });
    const more = (part: keyof Memory) =>
      whole.map((one, index) => one[part] - (store[index]?.[part] ?? Number.NaN));
    const added = median(more("pss"));
    return {
      rows: [
        row("PSS of all processes", "pss"),
        row("RSS of all processes, added up", "rss"),
        row("private memory of all processes", "own"),
        {
          measure: "the hall's own part, PSS",
          hall: spread(more("pss"), "MiB more", 1),
          floor: "",
          budget: `<= ${BUDGET_MEBIBYTES} MiB`,
          met: added <= BUDGET_MEBIBYTES,
        },
        { measure: "the hall's own part, RSS", hall: spread(more("rss"), "MiB more", 1), floor: "" },
        { measure: "the hall's own part, private", hall: spread(more("own"), "MiB more", 1), floor: "" },
        {
          measure: "of it the Node process, PSS (peer: bare Fastify and pg)",
          hall: spread(
            node.map((one) => one.pss),
            "MiB",
            1,
          ),
          floor: spread(
            bare.map((one) => one.pss),
            "MiB",
            1,
          ),
        },
        {
          measure: "of it the Node process, private (peer: bare Fastify and pg)",
          hall: spread(
            node.map((one) => one.own),
            "MiB",
            1,
          ),
          floor: spread(
            bare.map((one) => one.own),
            "MiB",
            1,
          ),
        },
      ],
      notes: [
        `At rest for ${REST_MILLISECONDS / 1000} s after the first answer. PSS divides shared pages among their users, except those of the Node program, which count whole. The hall's part holds its Node process and the PostgreSQL processes of its connections; RSS counts the store's shared buffers once for each of these.`,
      ],
    };
  },
};

async function atRest(program: Program): Promise<{ whole: Memory; node: Memory; below: Memory }> {
  await delay(REST_MILLISECONDS);
  const below = await descendants(program.pid);
  const measured = {
    whole: await memoryOf([program.pid, ...below]),
    node: await memoryOf([program.pid]),
    below: await memoryOf(below),
  };
  await program.stop();
  return measured;
}
