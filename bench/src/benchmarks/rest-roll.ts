import { databaseServer, NO_SERVER } from "../lab/database-server.ts";
import { postJson, signIn, startHall } from "../lab/hall.ts";
import { putLoad } from "../lab/load.ts";
import { benchProgram } from "../lab/places.ts";
import { processorSeconds } from "../lab/process-tree.ts";
import { withEmbeddedStore } from "../lab/store-client.ts";
import { Workshop, type Program } from "../lab/workshop.ts";
import { didNotRun, median, spread, type Benchmark, type Report, type Row } from "../report.ts";

const BODY = { expression: "1d20+5" };
const WARM_SECONDS = 4;
const FLOOR = new URL("../floors/bare-insert.ts", import.meta.url);

/** A side of the comparison: what is asked, and how its store is brought to rest between the rounds. */
interface Side {
  readonly program: Program;
  readonly url: string;
  readonly headers: Record<string, string>;
  checkpoint(): Promise<void>;
}

interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time per request: the Node process, and the processes below it. */
  readonly nodeCost: number;
  readonly storeCost: number;
}

/** A recorded `roll` on the embedded store beside one bare insert into one. */
export const restRollEmbedded: Benchmark = {
  name: "rest-roll-embedded",
  summary: "REST roll 1d20+5, recorded, on the embedded store, 32 connections",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const dataFolder = await workshop.folder();
    const floorFolder = await workshop.folder();
    const hall = await startHall(workshop, { dataFolder });
    const headers = await signIn(workshop, hall);
    const rollUrl = `${hall.url}/api/v1/commands/roll`;
    const answer = await postJson(rollUrl, BODY, headers);
    const floor = await workshop.start({
      args: [...benchProgram(FLOOR), JSON.stringify({ folder: `${floorFolder}/store`, answer })],
      ready: /^Floor is open at (.*)$/,
    });
    const checkpoint = (folder: string) => () =>
      withEmbeddedStore(folder, async (client) => void (await client.query("checkpoint")));
    return await compare({
      workshop,
      hall: { program: hall.program, url: rollUrl, headers, checkpoint: checkpoint(dataFolder) },
      floor: { program: floor, url: `${floor.ready}/roll`, headers: {}, checkpoint: checkpoint(floorFolder) },
      connections: 32,
      budget: 0.6,
      quick,
      progress,
    });
  },
};

/** A recorded `roll` on a PostgreSQL server beside one bare insert on the same server. */
export const restRollServer: Benchmark = {
  name: "rest-roll-server",
  summary: "REST roll 1d20+5, recorded, on a PostgreSQL server, 64 clients",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const server = await databaseServer(workshop);
    if (!server) return didNotRun(NO_SERVER);
    const dataFolder = await workshop.folder();
    const hall = await startHall(workshop, { dataFolder, databaseUrl: await server.makeDatabase() });
    const headers = await signIn(workshop, hall);
    const rollUrl = `${hall.url}/api/v1/commands/roll`;
    const answer = await postJson(rollUrl, BODY, headers);
    const floor = await workshop.start({
      args: [...benchProgram(FLOOR), JSON.stringify({ databaseUrl: await server.makeDatabase(), answer })],
      ready: /^Floor is open at (.*)$/,
    });
    const checkpoint = () => server.checkpoint();
    const report = await compare({
      workshop,
      hall: { program: hall.program, url: rollUrl, headers, checkpoint },
      floor: { program: floor, url: `${floor.ready}/roll`, headers: {}, checkpoint },
      connections: 64,
      budget: 0.7,
      quick,
      progress,
    });
    return { ...report, notes: [`PostgreSQL ${server.version}, as it is configured.`, ...report.notes] };
  },
};

async function compare(options: {
  readonly workshop: Workshop;
  readonly hall: Side;
  readonly floor: Side;
  readonly connections: number;
  readonly budget: number;
  readonly quick: boolean;
  readonly progress: (line: string) => void;
}): Promise<Report> {
  const { workshop, connections, budget, quick, progress } = options;
  const rounds = quick ? 2 : 6;
  const seconds = quick ? 2 : 6;
  const sides = [options.hall, options.floor];
  const measured: [Round[], Round[]] = [[], []];
  for (const side of sides) await runRound(side, WARM_SECONDS);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, side] of sides.entries()) {
      const result = await runRound(side, seconds);
      measured[index]?.push(result);
      const name = index === 0 ? "hall" : "floor";
      progress(`round ${round + 1} of ${rounds}, ${name}: ${Math.round(result.perSecond)} requests/s`);
    }
  }

  async function runRound(side: Side, time: number): Promise<Round> {
    const { program, url, headers } = side;
    // So that no side pays in its round for what the other has written.
    await side.checkpoint();
    const before = await processorSeconds(program.pid);
    const load = await putLoad(workshop, {
      url,
      headers,
      method: "POST",
      body: BODY,
      connections,
      seconds: time,
    });
    const after = await processorSeconds(program.pid);
    const microseconds = (part: "self" | "below") => ((after[part] - before[part]) / load.requests) * 1e6;
    return { ...load, nodeCost: microseconds("self"), storeCost: microseconds("below") };
  }

  const [hall, floor] = measured;
  const of = (side: readonly Round[], part: keyof Round) => side.map((round) => round[part]);
  const ratio = median(hall.map((round, index) => round.perSecond / (floor[index]?.perSecond ?? Number.NaN)));
  const row = (measure: string, part: keyof Round, unit: string, digits: number): Row => ({
    measure,
    hall: spread(of(hall, part), unit, digits),
    floor: spread(of(floor, part), unit, digits),
    ratio: median(of(hall, part)) / median(of(floor, part)),
  });
  const rows: Row[] = [
    {
      ...row(`answered and stored, ${connections} connections`, "perSecond", "/s", 0),
      ratio,
      budget: `>= ${budget.toFixed(2)}`,
      met: ratio >= budget,
    },
    row("time of an answer, p50", "p50", "ms", 2),
    row("time of an answer, p99", "p99", "ms", 2),
    row("processor time of Node per request", "nodeCost", "us", 0),
  ];
  if (median(of(hall, "storeCost")) > 0) {
    rows.push(row("processor time of the store per request", "storeCost", "us", 0));
  }
  return {
    rows,
    notes: [
      `${rounds} rounds of ${seconds} s, hall and floor in turn; the ratio is the median of the rounds' ratios.`,
    ],
  };
}
