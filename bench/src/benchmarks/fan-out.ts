import { z } from "zod";
import { hallEnvironment, makeThread, signIn } from "../lab/hall.ts";
import { benchProgram } from "../lab/places.ts";
import { processorSeconds } from "../lab/process-tree.ts";
import { Workshop, type Program } from "../lab/workshop.ts";
import { median, spread, type Benchmark, type Row } from "../report.ts";

const BUDGET = 0.6;
const CHUNK_BYTES = 100;
const PACES = [10, 50];
/** The frames of an action beside those of its chunks: that it was added, and that it has ended. */
const FURTHER_FRAMES = 2;

const HALL = new URL("../halls/fan-out-hall.ts", import.meta.url);
const FLOOR = new URL("../floors/bare-broadcast.ts", import.meta.url);
const READERS = new URL("../clients/thread-readers.ts", import.meta.url);

const Answer = z.object({
  milliseconds: z.number(),
  bytesPerFrame: z.number(),
  p50: z.number().nullable(),
  p99: z.number().nullable(),
});

/** So many messages, so many milliseconds apart; the floor may send a burst socket by socket. */
interface Wanted {
  readonly count: number;
  readonly interval: number;
  readonly batched?: boolean;
}

interface Side {
  readonly server: Program;
  readonly readers: Program;
  /** What begins a broadcast. */
  question(wanted: Wanted): { path: string; body: unknown; frames: number };
}

/** Chunks of a command to 1,000 live readers of its thread, beside a bare `ws` server that stores nothing. */
export const fanOut: Benchmark = {
  name: "fan-out",
  summary: "chunks from a handler to 1,000 WebSockets on one thread",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const sockets = quick ? 200 : 1000;
    const chunks = quick ? 100 : 300;
    const rounds = quick ? 2 : 6;

    const hall = await openHallSide(workshop, sockets);
    const warm = await ask(hall, { count: chunks, interval: 0 });
    const bytes = Math.round(warm.bytesPerFrame);
    const floor = await openFloorSide(workshop, { sockets, bytes });
    await ask(floor, { count: chunks, interval: 0 });

    const rates: Record<"hall" | "floor" | "batched", number[]> = { hall: [], floor: [], batched: [] };
    const costs: Record<"hall" | "floor" | "batched", number[]> = { hall: [], floor: [], batched: [] };
    const delivered = chunks * sockets;
    for (let round = 0; round < rounds; round += 1) {
      for (const name of ["hall", "floor", "batched"] as const) {
        const side = name === "hall" ? hall : floor;
        const before = await processorSeconds(side.server.pid);
        const { milliseconds } = await ask(side, { count: chunks, interval: 0, batched: name === "batched" });
        const after = await processorSeconds(side.server.pid);
        const rate = (delivered / milliseconds) * 1000;
        rates[name].push(rate);
        costs[name].push(((after.self - before.self) / delivered) * 1e6);
        progress(`round ${round + 1} of ${rounds}, ${name}: ${Math.round(rate)}/s`);
      }
    }
    const ages: Row[] = [];
    for (const perSecond of PACES) {
      const paced: { p50: number[]; p99: number[] }[] = [];
      const count = perSecond * (quick ? 1 : 5);
      for (let round = 0; round < Math.max(1, rounds / 2); round += 1) {
        for (const [index, side] of [hall, floor].entries()) {
          const { p50, p99 } = await ask(side, { count, interval: 1000 / perSecond });
          const kept = (paced[index] ??= { p50: [], p99: [] });
          kept.p50.push(p50 ?? Number.NaN);
          kept.p99.push(p99 ?? Number.NaN);
        }
      }
      for (const part of ["p50", "p99"] as const) {
        const [ofHall, ofFloor] = paced.map((side) => side[part]);
        ages.push({
          measure: `age of a chunk on arrival at ${perSecond} chunks/s, ${part}`,
          hall: spread(ofHall ?? [], "ms", 1),
          floor: spread(ofFloor ?? [], "ms", 1),
          ratio: median(ofHall ?? []) / median(ofFloor ?? []),
        });
      }
    }

    const rateRow = (measure: string, peer: readonly number[]): Row => {
      const ratio = median(rates.hall.map((rate, index) => rate / (peer[index] ?? Number.NaN)));
      return {
        measure,
        hall: spread(rates.hall, "/s"),
        floor: spread(peer, "/s"),
        ratio,
        budget: `>= ${BUDGET.toFixed(2)}`,
        met: ratio >= BUDGET,
      };
    };
    const costRow = (measure: string, peer: readonly number[]): Row => ({
      measure,
      hall: spread(costs.hall, "us", 2),
      floor: spread(peer, "us", 2),
      ratio: median(costs.hall) / median(peer),
    });
    return {
      rows: [
        rateRow(`delivered, ${chunks} chunks to ${sockets} sockets; floor: message by message`, rates.floor),
        rateRow("the same; floor: socket by socket", rates.batched),
        costRow("processor time of Node per delivery; floor: message by message", costs.floor),
        costRow("the same; floor: socket by socket", costs.batched),
        ...ages,
      ],
      notes: [
        `Frames of ${bytes} bytes on both sides (a chunk of ${CHUNK_BYTES}). The hall's time runs from the request that starts the command to the last frame of its end, and includes that every chunk is stored first.`,
        `The hall gathers a burst and sends it socket by socket, so it can beat a floor that sends message by message. ${rounds} rounds in turn; one process reads all sockets of a side.`,
      ],
    };
  },
};

async function openHallSide(workshop: Workshop, sockets: number): Promise<Side> {
  const dataFolder = await workshop.folder();
  const server = await workshop.start({
    args: [...benchProgram(HALL), "start"],
    env: hallEnvironment({ dataFolder }),
    ready: /^Guildhall is open at (.*)$/,
  });
  const url = server.ready;
  const headers = await signIn(workshop, { program: server, url, dataFolder });
  const threadId = await makeThread(url, headers);
  const path = `/api/v1/events?thread_id=${threadId}`;
  const readers = await openReaders(workshop, { url, path, headers, sockets });
  return {
    server,
    readers,
    question: ({ count, interval }) => ({
      path: `/api/v1/threads/${threadId}/actions`,
      body: { raw_text: `stream ${count} ${CHUNK_BYTES} ${interval}` },
      frames: count + FURTHER_FRAMES,
    }),
  };
}

async function openFloorSide(
  workshop: Workshop,
  { sockets, bytes }: { sockets: number; bytes: number },
): Promise<Side> {
  const server = await workshop.start({ args: benchProgram(FLOOR), ready: /^Floor is open at (.*)$/ });
  const readers = await openReaders(workshop, { url: server.ready, path: "/", headers: {}, sockets });
  return {
    server,
    readers,
    question: ({ count, interval, batched = false }) => ({
      path: "/",
      body: { count, bytes, interval, batched },
      frames: count,
    }),
  };
}

async function openReaders(
  workshop: Workshop,
  setup: { url: string; path: string; headers: Record<string, string>; sockets: number },
): Promise<Program> {
  return await workshop.start({
    args: [...benchProgram(READERS), JSON.stringify(setup)],
    ready: /^open$/,
  });
}

async function ask(side: Side, wanted: Wanted) {
  return Answer.parse(await side.readers.ask({ ...side.question(wanted), ages: wanted.interval > 0 }));
}
