import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { deliveryId, SlackSigner, SlackTestServer } from "@guildhall/chat-test-servers";
import { z } from "zod";
import { quantile } from "../report.ts";

/*
 * A Slack that sends signed slash commands at a steady pace, whatever the answers take, so that a slow answer is counted
 * with the time that it made others wait. All requests are signed beforehand, and answers go to response URLs of this
 * process. The first line that it prints tells where its Web API is; each question on standard input is one round.
 */

const Question = z.object({ url: z.url(), perSecond: z.number(), seconds: z.number() });
const [signingSecret = ""] = process.argv.slice(2);
const PEOPLE = 50;

const slack = await SlackTestServer.start();
const signer = new SlackSigner(signingSecret);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
process.stdout.write(`${JSON.stringify({ apiUrl: slack.apiUrl })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await round(Question.parse(JSON.parse(line))))}\n`);
}
await slack.stop();

async function round({ url, perSecond, seconds }: z.infer<typeof Question>) {
  const requests = Array.from({ length: Math.round(perSecond * seconds) }, (_, index) => {
    const fields = {
      command: "/hall",
      text: "ping",
      response_url: slack.newResponseUrl(),
      trigger_id: deliveryId("bench"),
      user_id: `U${index % PEOPLE}`,
      user_name: "ada",
      channel_id: "C1",
      channel_name: "bench",
      team_id: "T1",
      api_app_id: "A1",
    };
    const body = new URLSearchParams(fields).toString();
    const contentType = "application/x-www-form-urlencoded";
    return { body, headers: signer.headers(body, { at: new Date(), contentType }) };
  });
  const times: number[] = [];
  let failures = 0;
  const begun = performance.now();
  await Promise.all(
    requests.map(async ({ body, headers }, index) => {
      const due = begun + (index / perSecond) * 1000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.ceil(due - performance.now()))));
      const isGood = await post({ url, body, headers });
      if (!isGood) failures += 1;
      times.push(performance.now() - due);
    }),
  );
  const sorted = Float64Array.from(times).toSorted();
  return { requests: times.length, failures, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

function post({ url, body, headers }: { url: string; body: string; headers: object }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode === 200));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
