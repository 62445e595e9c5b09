import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { z } from "zod";
import { quantile } from "../report.ts";

const Round = z.object({ url: z.url(), perSecond: z.number(), seconds: z.number() });

/** A request as a platform sends it. */
export interface SignedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends requests at a steady pace, whatever the answers take, so that a slow answer is counted with the time that it
 * made others wait. Each line of standard input is one round, whose requests are signed beforehand; its figures, with
 * times in milliseconds, are printed as a line.
 */
export async function sendAtSteadyPace(platform: {
  /** Makes the request of this number, counted from 0 in each round. */
  readonly sign: (index: number) => SignedRequest;
  readonly isGood: (answer: { readonly status: number | undefined; readonly text: string }) => boolean;
}): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { url, perSecond, seconds } = Round.parse(JSON.parse(line));
    const count = Math.round(perSecond * seconds);
    const requests = Array.from({ length: count }, (_, index) => platform.sign(index));
    // Not kept from round to round: a server closes what was idle while the other one was measured.
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const times: number[] = [];
    let failures = 0;
    const begun = performance.now();
    await Promise.all(
      requests.map(async (signed, index) => {
        const due = begun + (index / perSecond) * 1000;
        // Timers cut off fractions: one that is sent before it is due would seem answered sooner than it was.
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.ceil(due - performance.now()))));
        if (!platform.isGood(await post(url, signed, agent))) failures += 1;
        times.push(performance.now() - due);
      }),
    );
    agent.destroy();
    const sorted = Float64Array.from(times).toSorted();
    const figures = { requests: count, failures, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
}

function post(
  url: string,
  { body, headers }: SignedRequest,
  agent: Agent,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const length = { "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method: "POST", agent, headers: { ...headers, ...length } }, (answer) => {
      let text = "";
      answer.on("data", (part: Buffer) => {
        text += part.toString();
      });
      answer.on("end", () => resolve({ status: answer.statusCode, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
