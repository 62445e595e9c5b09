import { createServer } from "node:http";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { z } from "zod";
import { stopSignal } from "../lab/silent-log.ts";
import { stampedText } from "../lab/stamped-text.ts";

/*
 * The floor of fan-out: each message goes to every socket of a bare `ws` server as soon as it is made; nothing is
 * stored. `POST /` begins a broadcast.
 */

const Broadcast = z.object({
  count: z.int(),
  bytes: z.int(),
  /** Milliseconds between two messages. */
  interval: z.number(),
  /** Makes all messages first and sends each socket all of them at once: the order that is kindest to caches. */
  batched: z.boolean(),
});

const http = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const wanted = Broadcast.parse(JSON.parse(Buffer.concat(parts).toString()));
    response.writeHead(202).end("{}");
    void broadcast(wanted);
  });
});
const sockets = new WebSocketServer({ server: http });

async function broadcast(wanted: z.infer<typeof Broadcast>): Promise<void> {
  const { count, bytes, interval, batched } = wanted;
  if (batched) {
    const messages = Array.from({ length: count }, () => Buffer.from(stampedText(bytes)));
    for (const socket of sockets.clients) {
      for (const message of messages) socket.send(message, { binary: false });
    }
    return;
  }
  const begun = performance.now();
  for (let sent = 0; sent < count; sent += 1) {
    const message = Buffer.from(stampedText(bytes));
    for (const socket of sockets.clients) socket.send(message, { binary: false });
    if (interval === 0) await setImmediate();
    else await delay(begun + (sent + 1) * interval - performance.now());
  }
}

http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  process.stdout.write(`Floor is open at http://127.0.0.1:${address.port}\n`);
});
await stopSignal();
for (const socket of sockets.clients) socket.terminate();
http.close();
