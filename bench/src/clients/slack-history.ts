import { SlackHistory, SlackTestServer } from "@guildhall/chat-test-servers";
import { stopSignal } from "../lab/silent-log.ts";

/*
 * A Slack with one channel in which so many messages stand, ten minutes apart, every twentieth with an answer in a
 * thread. Prints its address and its workspace.
 */

const [, , count = "0"] = process.argv;
const MINUTES = 10;
const WORDS = "The door creaks, and behind it somebody clears their throat. ";

const history = new SlackHistory({ teamId: "T0BENCH" });
const channel = history.addChannel("ic_tavern");
const first = Date.now() - Number(count) * MINUTES * 60_000;
for (let n = 0; n < Number(count); n += 1) {
  const at = new Date(first + n * MINUTES * 60_000);
  const ts = history.write(channel, `${n}: ${WORDS.repeat(1 + (n % 8))}`, { at });
  if (n % 20 === 0) history.write(channel, "An answer.", { thread: ts, at: new Date(at.getTime() + 1000) });
}
const server = await SlackTestServer.start({ history });
// What was asked and answered is of no interest here, and would be kept.
Object.defineProperty(server.calls, "push", { value: () => 0 });
process.stdout.write(`${JSON.stringify({ apiUrl: server.apiUrl, teamId: history.teamId })}\n`);
await stopSignal();
await server.stop();
