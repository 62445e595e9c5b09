import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { z } from "zod";
import { ageOf } from "../lab/stamped-text.ts";
import { quantile } from "../report.ts";

/*
 * Many readers of one broadcast. It opens WebSockets by hand and only counts frames, so that the receiving side
 * takes as little as possible of the two cores that it shares with the server. Each question on standard input
 * begins a broadcast; the answer says how long it took until every socket had every frame.
 */

const Setup = z.object({
  url: z.url(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  sockets: z.int(),
});
const Question = z.object({
  /** The request that begins the broadcast. */
  path: z.string(),
  body: z.unknown(),
  /** How many frames each socket gets of it. */
  frames: z.int(),
  /** Whether to look into each frame for the instant when it was made. */
  ages: z.boolean(),
});

const OPENED_AT_ONCE = 50;
const PATIENCE_MILLISECONDS = 120_000;
const OPCODE_PING = 9;
const EMPTY_MASKED_PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

const setup = Setup.parse(JSON.parse(process.argv[2] ?? ""));
const target = new URL(setup.url);

let expected = Infinity;
let wantAges = false;
let ages: number[] = [];
let payloadBytes = 0;
let frameCount = 0;
let left = 0;
let finished: () => void = () => undefined;
let failed: (error: Error) => void = (error) => {
  throw error;
};

/** One socket, and how many frames of the present broadcast it has. */
class Reader {
  count = 0;
  #held: Buffer = Buffer.alloc(0);

  take(part: Buffer, socket: Socket): void {
    const bytes = this.#held.length === 0 ? part : Buffer.concat([this.#held, part]);
    let at = 0;
    for (;;) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length < at + head) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      const end = at + head + length;
      if (bytes.length < end) break;
      if (((bytes[at] ?? 0) & 0x0f) === OPCODE_PING) socket.write(EMPTY_MASKED_PONG);
      else this.#frame(bytes, at + head, end);
      at = end;
    }
    this.#held = at === bytes.length ? Buffer.alloc(0) : bytes.subarray(at);
  }

  #frame(bytes: Buffer, from: number, end: number): void {
    payloadBytes += end - from;
    frameCount += 1;
    if (wantAges) {
      const age = ageOf(bytes.subarray(from, end));
      if (age !== undefined) ages.push(age);
    }
    this.count += 1;
    if (this.count !== expected) return;
    left -= 1;
    if (left === 0) finished();
  }
}

const readers: Reader[] = [];
for (let opened = 0; opened < setup.sockets; opened += OPENED_AT_ONCE) {
  const few = Math.min(OPENED_AT_ONCE, setup.sockets - opened);
  readers.push(...(await Promise.all(Array.from({ length: few }, () => openReader()))));
}
process.stdout.write("open\n");

createInterface({ input: process.stdin }).on("line", (line) => {
  void watch(Question.parse(JSON.parse(line))).then((answer) =>
    process.stdout.write(`${JSON.stringify(answer)}\n`),
  );
});
process.once("SIGTERM", () => process.exit(0));

async function watch(question: z.infer<typeof Question>): Promise<object> {
  ages = [];
  payloadBytes = 0;
  frameCount = 0;
  wantAges = question.ages;
  expected = question.frames;
  left = readers.length;
  for (const reader of readers) reader.count = 0;
  const all = new Promise<void>((resolve, reject) => {
    finished = resolve;
    failed = reject;
    setTimeout(() => reject(new Error(`${left} sockets still miss frames`)), PATIENCE_MILLISECONDS).unref();
  });
  const begun = performance.now();
  const answer = await fetch(new URL(question.path, setup.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...setup.headers },
    body: JSON.stringify(question.body),
  });
  if (!answer.ok) throw new Error(`the broadcast was refused: ${answer.status} ${await answer.text()}`);
  await all;
  const milliseconds = performance.now() - begun;
  const sorted = Float64Array.from(ages).toSorted();
  return {
    milliseconds,
    bytesPerFrame: payloadBytes / frameCount,
    p50: quantile(sorted, 0.5) / 1000,
    p99: quantile(sorted, 0.99) / 1000,
  };
}

function openReader(): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const reader = new Reader();
    const socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    let head: Buffer = Buffer.alloc(0);
    let isOpen = false;
    socket.once("error", reject);
    socket.once("close", () => {
      if (isOpen) failed(new Error("the server closed a socket"));
      else reject(new Error(`a socket was refused: ${head.toString("latin1").slice(0, 300)}`));
    });
    socket.on("data", (part: Buffer) => {
      if (isOpen) {
        reader.take(part, socket);
        return;
      }
      head = Buffer.concat([head, part]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0 || !head.toString("latin1", 0, 12).endsWith(" 101")) return;
      isOpen = true;
      if (head.length > end + 4) reader.take(head.subarray(end + 4), socket);
      resolve(reader);
    });
    const lines = [
      `GET ${setup.path} HTTP/1.1`,
      `host: ${target.host}`,
      "connection: upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      `sec-websocket-key: ${randomBytes(16).toString("base64")}`,
      ...Object.entries(setup.headers).map(([name, value]) => `${name}: ${value}`),
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  });
}
