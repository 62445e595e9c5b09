import { z } from "zod";
import { median, spread, type Report, type Row } from "../report.ts";
import { processorSeconds } from "./process-tree.ts";
import type { Program } from "./workshop.ts";

/** Requests a second that a platform sends. */
export const PER_SECOND = 200;
const P99_BUDGET_MILLISECONDS = 50;
const WARM_UP_SECONDS = 3;

const Figures = z.object({ requests: z.number(), failures: z.number(), p50: z.number(), p99: z.number() });

interface Round {
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time of the Node process per request. */
  readonly cost: number;
}

/** A server that acknowledges a platform's requests. */
export interface Acknowledging {
  readonly name: string;
  readonly program: Program;
  readonly url: string;
}

/**
 * Has a platform send requests to a hall and to its peer in turns, and measures how long each takes to acknowledge them.
 *
 * @param options.budgetOfP50 the ratio to the peer that the median has to stay below
 * @throws Error when a request was not acknowledged
 */
export async function measureAcknowledgements(options: {
  /** One that sends at a steady pace (`clients/steady-pace.ts`). */
  readonly sender: Program;
  readonly hall: Acknowledging;
  readonly peer: Acknowledging;
  readonly budgetOfP50?: number;
  readonly quick: boolean;
  readonly progress: (line: string) => void;
}): Promise<Report> {
  const { sender, hall, peer, budgetOfP50, quick, progress } = options;
  const seconds = quick ? 3 : 10;
  const rounds = quick ? 2 : 5;
  const ask = async (url: string, time: number) => {
    const figures = Figures.parse(await sender.ask({ url, perSecond: PER_SECOND, seconds: time }));
    if (figures.failures > 0) throw new Error(`${figures.failures} of ${figures.requests} requests failed`);
    return figures;
  };
  const sides = [
    { ...hall, measured: new Array<Round>() },
    { ...peer, measured: new Array<Round>() },
  ] as const;
  for (const { url } of sides) await ask(url, WARM_UP_SECONDS);
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, program, url, measured } of sides) {
      const before = await processorSeconds(program.pid);
      const { p50, p99, requests } = await ask(url, seconds);
      const after = await processorSeconds(program.pid);
      measured.push({ p50, p99, cost: ((after.self - before.self) / requests) * 1e6 });
      progress(`round ${round} of ${rounds}, ${name}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
    }
  }
  const row = (measure: string, part: keyof Round, unit: string, digits: number) => {
    const ofHall = sides[0].measured.map((round) => round[part]);
    const ofPeer = sides[1].measured.map((round) => round[part]);
    return {
      measure,
      hall: spread(ofHall, unit, digits),
      floor: spread(ofPeer, unit, digits),
      ratio: median(ofHall) / median(ofPeer),
    };
  };
  const p50 = row("time to the acknowledgement, p50", "p50", "ms", 2);
  const worst = median(sides[0].measured.map(({ p99 }) => p99));
  const rows: Row[] = [
    budgetOfP50 === undefined ? p50 : { ...p50, budget: `< ${budgetOfP50}`, met: p50.ratio < budgetOfP50 },
    {
      ...row("time to the acknowledgement, p99", "p99", "ms", 2),
      budget: `<= ${P99_BUDGET_MILLISECONDS} ms`,
      met: worst <= P99_BUDGET_MILLISECONDS,
    },
    row("processor time of Node per request", "cost", "us", 0),
  ];
  return {
    rows,
    notes: [
      `${rounds} rounds of ${seconds} s in turn; requests leave at a steady pace and are timed from the instant when they were due.`,
    ],
  };
}
