import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { DiscordTestServer } from "@guildhall/chat-test-servers";
import { z } from "zod";
import { quantile } from "../report.ts";

/*
 * A Discord that sends signed slash commands at a steady pace, whatever the answers take, so that a slow answer is
 * counted with the time that it made others wait. All requests are signed beforehand. The first line that it prints
 * tells where its REST API is and by which key it signs; each question on standard input is one round.
 */

const Question = z.object({ url: z.url(), perSecond: z.number(), seconds: z.number() });

const GUILD = "900000000000000001";
const PEOPLE = 50;

const discord = await DiscordTestServer.start({ limit: { requests: 1_000_000, milliseconds: 1000 } });
const channelId = discord.world.addChannel({ guildId: GUILD, name: "bench" });
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
process.stdout.write(
  `${JSON.stringify({
    publicKey: discord.signer.publicKey,
    applicationId: discord.world.applicationId,
    apiUrl: discord.apiUrl,
  })}\n`,
);
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await round(Question.parse(JSON.parse(line))))}\n`);
}
await discord.stop();

async function round({ url, perSecond, seconds }: z.infer<typeof Question>) {
  const now = new Date();
  const requests = Array.from({ length: Math.round(perSecond * seconds) }, (_, index) => {
    const user = { id: String(700000000000000000n + BigInt(index % PEOPLE)), username: "ada" };
    const actor = {
      user: { ...user, discriminator: "0", global_name: null, avatar: null },
      channelId,
      guildId: GUILD,
    };
    const body = JSON.stringify(discord.interactions.byGateway(actor, "ping"));
    return { body, headers: discord.signer.sign(body, now) };
  });
  const times: number[] = [];
  let failures = 0;
  const begun = performance.now();
  await Promise.all(
    requests.map(async ({ body, headers }, index) => {
      const due = begun + (index / perSecond) * 1000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
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
      {
        method: "POST",
        agent,
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (answer) => {
        let text = "";
        answer.on("data", (part: Buffer) => {
          text += part.toString();
        });
        answer.on("end", () => resolve(answer.statusCode === 200 && text.includes('"type":')));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
