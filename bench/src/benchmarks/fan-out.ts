import { z } from "zod";
import { hallEnvironment, makeThread, signIn } from "../lab/hall.ts";
import { benchProgram } from "../lab/places.ts";
import { processorSeconds } from "../lab/process-tree.ts";
import { Workshop, type Program } from "../lab/workshop.ts";
import { median, spread, type Benchmark, type Row } from "../report.ts";

const BUDGET = 0.6;
const CHUNK_BYTES = 100;
const PACE_MILLISECONDS = 20;
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

interface Side {
  readonly server: Program;
  readonly readers: Program;
  /** What begins a broadcast of so many messages, so many milliseconds apart. */
  question(count: number, interval: number): { path: string; body: unknown; frames: number };
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
    const pacedChunks = quick ? 50 : 250;

    const hall = await openHallSide(workshop, sockets);
    const warm = await ask(hall, { count: chunks, interval: 0 });
    const bytes = Math.round(warm.bytesPerFrame);
    const floor = await openFloorSide(workshop, { sockets, bytes });
    await ask(floor, { count: chunks, interval: 0 });

    const sides = [hall, floor];
    const rates: [number[], number[]] = [[], []];
    const costs: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, side] of sides.entries()) {
        const before = await processorSeconds(side.server.pid);
        const { milliseconds } = await ask(side, { count: chunks, interval: 0 });
        const after = await processorSeconds(side.server.pid);
        const delivered = chunks * sockets;
        const rate = (delivered / milliseconds) * 1000;
        rates[index]?.push(rate);
        costs[index]?.push(((after.self - before.self) / delivered) * 1e6);
        progress(`round ${round + 1} of ${rounds}, ${index === 0 ? "hall" : "floor"}: ${Math.round(rate)}/s`);
      }
    }
    const paced: [{ p50: number; p99: number }[], { p50: number; p99: number }[]] = [[], []];
    for (let round = 0; round < Math.max(1, rounds / 2); round += 1) {
      for (const [index, side] of sides.entries()) {
        const { p50, p99 } = await ask(side, { count: pacedChunks, interval: PACE_MILLISECONDS });
        paced[index]?.push({ p50: p50 ?? Number.NaN, p99: p99 ?? Number.NaN });
      }
    }

    const ratio = median(rates[0].map((rate, index) => rate / (rates[1][index] ?? Number.NaN)));
    const age = (part: "p50" | "p99"): Row => {
      const [ofHall, ofFloor] = paced.map((side) => side.map((one) => one[part]));
      return {
        measure: `age of a chunk on arrival at ${1000 / PACE_MILLISECONDS} chunks/s, ${part}`,
        hall: spread(ofHall ?? [], "ms", 1),
        floor: spread(ofFloor ?? [], "ms", 1),
        ratio: median(ofHall ?? []) / median(ofFloor ?? []),
      };
    };
    return {
      rows: [
        {
          measure: `delivered, ${chunks} chunks to ${sockets} sockets`,
          hall: spread(rates[0], "/s"),
          floor: spread(rates[1], "/s"),
          ratio,
          budget: `>= ${BUDGET.toFixed(2)}`,
          met: ratio >= BUDGET,
        },
        {
          measure: "processor time of Node per delivery",
          hall: spread(costs[0], "us", 2),
          floor: spread(costs[1], "us", 2),
          ratio: median(costs[0]) / median(costs[1]),
        },
        age("p50"),
        age("p99"),
      ],
      notes: [
        `Frames of ${bytes} bytes on both sides (a chunk of ${CHUNK_BYTES}). The hall's time runs from the request that starts the command to the last frame of its end, and includes that every chunk is stored first.`,
        `${rounds} rounds in turn; one process reads all sockets of a side.`,
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
    question: (count, interval) => ({
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
    question: (count, interval) => ({ path: "/", body: { count, bytes, interval }, frames: count }),
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

async function ask(side: Side, { count, interval }: { count: number; interval: number }) {
  return Answer.parse(await side.readers.ask({ ...side.question(count, interval), ages: interval > 0 }));
}
