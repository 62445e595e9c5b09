import { z } from "zod";
import { hallEnvironment } from "../lab/hall.ts";
import { benchProgram, GUILDHALL } from "../lab/places.ts";
import { processorSeconds } from "../lab/process-tree.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, spread, type Benchmark, type Row } from "../report.ts";

const PER_SECOND = 200;
const P99_BUDGET = 50;
const SENDER = new URL("../clients/discord-sender.ts", import.meta.url);
const PEER = new URL("../floors/discord-no-op.ts", import.meta.url);

const Sender = z.object({ publicKey: z.string(), applicationId: z.string(), apiUrl: z.string() });
const Answer = z.object({ requests: z.number(), failures: z.number(), p50: z.number(), p99: z.number() });

interface Round {
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time of the Node process per request. */
  readonly cost: number;
}

/** A signed slash command to its acknowledgement, beside Discord's own helper answering a constant. */
export const discord: Benchmark = {
  name: "discord",
  summary: `signed Discord interaction to acknowledgement at ${PER_SECOND}/s`,
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const seconds = quick ? 3 : 10;
    const rounds = quick ? 2 : 5;
    const sender = await workshop.start({ args: benchProgram(SENDER), ready: /^(\{.*\})$/ });
    const { publicKey, applicationId, apiUrl } = Sender.parse(JSON.parse(sender.ready));
    const hall = await workshop.start({
      args: [GUILDHALL, "start"],
      env: {
        ...hallEnvironment({ dataFolder: await workshop.folder() }),
        GUILDHALL_DISCORD__PUBLIC_KEY: publicKey,
        GUILDHALL_DISCORD__APPLICATION_ID: applicationId,
        GUILDHALL_DISCORD__API_URL: apiUrl,
      },
      ready: /^Guildhall is open at (.*)$/,
    });
    const peer = await workshop.start({
      args: [...benchProgram(PEER), publicKey],
      ready: /^Floor is open at (.*)$/,
    });
    const sides = [
      { name: "hall", program: hall, url: `${hall.ready}/discord/interactions` },
      { name: "peer", program: peer, url: `${peer.ready}/` },
    ];
    const ask = async (url: string, time: number) => {
      const answer = Answer.parse(await sender.ask({ url, perSecond: PER_SECOND, seconds: time }));
      if (answer.failures > 0) throw new Error(`${answer.failures} of ${answer.requests} requests failed`);
      return answer;
    };
    for (const { url } of sides) await ask(url, 2);
    const measured: [Round[], Round[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { name, program, url }] of sides.entries()) {
        const before = await processorSeconds(program.pid);
        const { p50, p99, requests } = await ask(url, seconds);
        const after = await processorSeconds(program.pid);
        measured[index]?.push({ p50, p99, cost: ((after.self - before.self) / requests) * 1e6 });
        progress(
          `round ${round + 1} of ${rounds}, ${name}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
        );
      }
    }
    const row = (measure: string, part: keyof Round, unit: string, digits: number): Row => {
      const [ofHall, ofPeer] = measured.map((side) => side.map((round) => round[part]));
      return {
        measure,
        hall: spread(ofHall ?? [], unit, digits),
        floor: spread(ofPeer ?? [], unit, digits),
        ratio: median(ofHall ?? []) / median(ofPeer ?? []),
      };
    };
    const worst = median(measured[0].map(({ p99 }) => p99));
    return {
      rows: [
        row("time to the acknowledgement, p50", "p50", "ms", 2),
        {
          ...row("time to the acknowledgement, p99", "p99", "ms", 2),
          budget: `<= ${P99_BUDGET} ms`,
          met: worst <= P99_BUDGET,
        },
        row("processor time of Node per request", "cost", "us", 0),
      ],
      notes: [
        "The hall checks the signature, finds the person and the channel's thread, runs the command, records it in the embedded store and answers with its output; the peer checks the signature and answers a constant.",
        `${rounds} rounds of ${seconds} s in turn; requests leave at a steady pace and are timed from the instant when they were due.`,
      ],
    };
  },
};
