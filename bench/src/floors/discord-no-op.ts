import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { verifyKey } from "discord-interactions";
import { stopSignal } from "../lab/silent-log.ts";

/*
 * The peer of a signed interaction: Discord's own helper `discord-interactions` checks the signature, and a constant is
 * answered. It reads no command, knows nobody and keeps nothing.
 */

const [publicKey = ""] = process.argv.slice(2);
const ANSWER = JSON.stringify({ type: 4, data: { content: "pong" } });

const server = createServer((request, response) => {
  void (async () => {
    const body = await buffer(request);
    const isGood = await verifyKey(
      body,
      String(request.headers["x-signature-ed25519"]),
      String(request.headers["x-signature-timestamp"]),
      publicKey,
    );
    response.writeHead(isGood ? 200 : 401, { "content-type": "application/json" });
    response.end(isGood ? ANSWER : "{}");
  })();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
const port = typeof address === "object" && address ? address.port : 0;
process.stdout.write(`Floor is open at http://127.0.0.1:${port}\n`);
await stopSignal();
server.closeAllConnections();
server.close();
