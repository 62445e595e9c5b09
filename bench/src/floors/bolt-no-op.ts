import { App, HTTPReceiver } from "@slack/bolt";
import { stopSignal } from "../lab/silent-log.ts";

/*
 * The peer of a signed slash command: Slack's own framework checks the signature and acknowledges. Its listener does
 * nothing: it knows nobody, keeps nothing and answers nothing.
 */

const [signingSecret = ""] = process.argv.slice(2);

const receiver = new HTTPReceiver({ signingSecret, endpoints: "/slack/commands" });
const app = new App({
  receiver,
  authorize: async () => ({ botToken: "xoxb-none", botId: "B1", botUserId: "U1" }),
});
app.command("/hall", async ({ ack }) => {
  await ack({ response_type: "in_channel" });
});
const server = await receiver.start({ host: "127.0.0.1", port: 0 });
const address = server.address();
const port = typeof address === "object" && address ? address.port : 0;
process.stdout.write(`Floor is open at http://127.0.0.1:${port}\n`);
await stopSignal();
server.closeAllConnections();
server.close();
