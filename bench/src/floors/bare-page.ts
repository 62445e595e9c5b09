import { createServer, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { z } from "zod";
import { stopSignal } from "../lab/silent-log.ts";
import { stampedText } from "../lab/stamped-text.ts";

/*
 * The floor of the console: a page that appends text, from the same kind of socket as the hall's, or from a document of
 * the hall's API. `PUT /document` gives the document, `POST /` begins a stream, `GET /` is the page for streams and
 * `GET /opened` the one that shows the document.
 */

const Stream = z.object({ count: z.int(), bytes: z.int(), interval: z.number() });

const page = (script: string) =>
  `<!doctype html><html lang="en"><title>Floor</title><body><main></main><script type="module">
const main = document.querySelector("main");
const append = (text) => { const line = document.createElement("div"); line.textContent = text; main.append(line); };
${script}
</script>`;
const LIVE = page(`
const socket = new WebSocket(location.href.replace("http", "ws"));
socket.onmessage = ({ data }) => append(data);
socket.onopen = () => { document.body.dataset.live = "yes"; };
`);
const OPENED = page(`
const thread = await (await fetch("/document")).json();
for (const { action } of thread.thread_actions) {
  append(action.raw_text);
  for (const chunk of action.response_chunks) append(chunk.text_content);
}
`);

let document = "{}";
const http = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString();
    if (request.method === "PUT") {
      document = body;
      send(response, "application/json", "{}");
    } else if (request.method === "POST") {
      send(response, "application/json", "{}");
      void stream(Stream.parse(JSON.parse(body)));
    } else if (request.url === "/document") send(response, "application/json", document);
    else send(response, "text/html; charset=utf-8", request.url === "/opened" ? OPENED : LIVE);
  });
});
const sockets = new WebSocketServer({ server: http });

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { "content-type": type }).end(body);
}

async function stream({ count, bytes, interval }: z.infer<typeof Stream>): Promise<void> {
  const begun = performance.now();
  for (let sent = 0; sent < count; sent += 1) {
    const text = stampedText(bytes);
    for (const socket of sockets.clients) socket.send(text);
    await delay(begun + (sent + 1) * interval - performance.now());
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
