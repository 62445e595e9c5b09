import http from "node:http";
import { expect } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { ThreadEventSchema } from "../../../src/http/schemas.ts";

const Event = z.looseObject({
  seq: z.int().min(1),
  type: z.string(),
  action_id: z.string().optional(),
  order: z.int().optional(),
  state: z.string().optional(),
  created_at: z.iso.datetime(),
});

/** An event as it comes over the wire. */
export type WireEvent = z.infer<typeof Event>;

/** How a live view ended: a socket's close code, or undefined for a stream. */
export interface ViewEnd {
  readonly code: number | undefined;
  readonly reason: string;
}

/** A live view of a thread, whatever carries it. */
export interface LiveView {
  readonly events: readonly WireEvent[];
  readonly ended: Promise<ViewEnd>;
  /** Resolves once so many events have come, or one that fits. @throws Error when the view ends before */
  until(wanted: number | ((event: WireEvent) => boolean)): Promise<void>;
  /** Stops and goes on taking bytes from the connection. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** What it takes to open a view. */
export interface ViewRequest {
  readonly origin: string;
  readonly threadId: string;
  readonly after?: number;
  readonly headers?: Record<string, string>;
  readonly query?: string;
}

/** The answer to a view that was refused. */
export class RefusedView extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, body: string) {
    super(`refused with ${status}: ${body}`);
    this.status = status;
    this.code = z.object({ code: z.string() }).parse(JSON.parse(body)).code;
  }
}

class Inbox {
  readonly events: WireEvent[] = [];
  readonly ended: Promise<ViewEnd>;
  #end: ((end: ViewEnd) => void) | undefined;
  readonly #watchers = new Set<() => void>();
  #isOver = false;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  take(text: string): void {
    const event: unknown = JSON.parse(text);
    ThreadEventSchema.parse(event);
    this.events.push(Event.parse(event));
    for (const watcher of this.#watchers) watcher();
  }

  end(end: ViewEnd): void {
    this.#isOver = true;
    this.#end?.(end);
    for (const watcher of this.#watchers) watcher();
  }

  async until(wanted: number | ((event: WireEvent) => boolean)): Promise<void> {
    let looked = 0;
    const isThere = () => {
      if (typeof wanted === "number") return this.events.length >= wanted;
      const fresh = this.events.slice(looked);
      looked = this.events.length;
      return fresh.some(wanted);
    };
    await new Promise<void>((resolve, reject) => {
      const watcher = () => {
        const found = isThere();
        if (!found && !this.#isOver) return;
        this.#watchers.delete(watcher);
        if (found) resolve();
        else reject(new Error(`the view ended after ${this.events.length} events`));
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }
}

function pathOf({ threadId, after, query }: ViewRequest): string {
  const from = after === undefined ? "" : `&after=${after}`;
  return `/api/v1/events?thread_id=${threadId}${from}${query ?? ""}`;
}

/** Opens a WebSocket on a thread. @throws RefusedView */
export async function openSocket(request: ViewRequest): Promise<LiveView & { readonly socket: WebSocket }> {
  const url = request.origin.replace(/^http/, "ws") + pathOf(request);
  const socket = new WebSocket(url, { headers: request.headers ?? {}, perMessageDeflate: false });
  const inbox = new Inbox();
  socket.on("message", (data: Buffer, isBinary) => {
    expect(isBinary).toBe(false);
    inbox.take(data.toString());
  });
  socket.on("close", (code, reason) => inbox.end({ code, reason: reason.toString() }));
  await new Promise<void>((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
    socket.on("unexpected-response", (_outgoing, incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () =>
        reject(new RefusedView(incoming.statusCode ?? 0, Buffer.concat(chunks).toString())),
      );
    });
  });
  return {
    socket,
    events: inbox.events,
    ended: inbox.ended,
    until: async (wanted) => await inbox.until(wanted),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.terminate(),
  };
}

/** Opens a stream of Server-Sent Events on a thread. @throws RefusedView */
export async function openStream(
  request: ViewRequest,
): Promise<LiveView & { readonly headers: http.IncomingHttpHeaders }> {
  const inbox = new Inbox();
  const outgoing = http.get(`${request.origin}${pathOf(request)}`, {
    agent: false,
    headers: { accept: "text/event-stream", ...request.headers },
  });
  const incoming = await new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
  });
  incoming.setEncoding("utf8");
  let rest = "";
  incoming.on("data", (text: string) => {
    rest += text;
    if (incoming.statusCode !== 200) return;
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) takeBlock(block, inbox);
  });
  incoming.on("error", () => undefined);
  if (incoming.statusCode !== 200) {
    await new Promise((resolve) => incoming.on("end", resolve));
    throw new RefusedView(incoming.statusCode ?? 0, rest);
  }
  incoming.on("close", () => inbox.end({ code: undefined, reason: incoming.complete ? "ended" : "broken" }));
  return {
    headers: incoming.headers,
    events: inbox.events,
    ended: inbox.ended,
    until: async (wanted) => await inbox.until(wanted),
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
    close: () => outgoing.destroy(),
  };
}

function takeBlock(block: string, inbox: Inbox): void {
  const fields = new Map(
    block.split("\n").map((line) => {
      const [name = "", ...value] = line.split(": ");
      return [name, value.join(": ")] as const;
    }),
  );
  const data = fields.get("data");
  if (data === undefined) return;
  inbox.take(data);
  const event = inbox.events.at(-1);
  expect(fields.get("id")).toBe(String(event?.seq));
  expect(fields.get("event")).toBe(event?.type);
}

/** Opens one or the other. */
export const OPENERS = [
  ["WebSocket", openSocket],
  ["Server-Sent Events", openStream],
] as const;
