import { connect } from "node:net";
import { z } from "zod";
import { quantile } from "../report.ts";

/*
 * A lean client of HTTP/1.1: it shares two cores with the server, so each microsecond it takes hides a difference
 * between the hall and its floor. Each connection sends its next request when the answer to the last is whole.
 */

const Load = z.object({
  url: z.url(),
  method: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  connections: z.int(),
  seconds: z.number(),
});

const HEAD_END = Buffer.from("\r\n\r\n");
const load = Load.parse(JSON.parse(process.argv[2] ?? ""));
const target = new URL(load.url);
const body = load.body === undefined ? "" : JSON.stringify(load.body);
const request = Buffer.from(
  [
    `${load.method} ${target.pathname}${target.search} HTTP/1.1`,
    `host: ${target.host}`,
    ...Object.entries(load.headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === "" ? [] : ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`]),
    "",
    body,
  ].join("\r\n"),
);
const times: number[] = [];
let failures = 0;

const begun = performance.now();
const until = begun + load.seconds * 1000;
await Promise.all(Array.from({ length: load.connections }, () => runConnection()));
const seconds = (performance.now() - begun) / 1000;
const sorted = Float64Array.from(times).toSorted();
process.stdout.write(
  `${JSON.stringify({
    requests: times.length,
    failures,
    perSecond: times.length / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  })}\n`,
);

function runConnection(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    let sentAt = 0;
    let held: Buffer = Buffer.alloc(0);
    let needed = 0;
    const send = () => {
      sentAt = performance.now();
      socket.write(request);
    };
    socket.once("connect", send);
    socket.once("error", reject);
    socket.once("close", () => resolve());
    socket.on("data", (part: Buffer) => {
      held = held.length === 0 ? part : Buffer.concat([held, part]);
      if (needed === 0) needed = answerLength(held);
      if (needed === 0 || held.length < needed) return;
      const now = performance.now();
      times.push(now - sentAt);
      // "HTTP/1.1 2xx": the class of the status is the tenth byte.
      if (held[9] !== 0x32) failures += 1;
      held = held.subarray(needed);
      needed = 0;
      if (now < until) send();
      else socket.end();
    });
  });
}

/** The length of an answer from its head; 0 while the head is not whole. */
function answerLength(held: Buffer): number {
  const end = held.indexOf(HEAD_END);
  if (end < 0) return 0;
  const found = /\r\ncontent-length: *(\d+)/i.exec(held.toString("latin1", 0, end));
  if (!found) throw new Error("an answer has no content-length");
  return end + HEAD_END.length + Number(found[1]);
}
