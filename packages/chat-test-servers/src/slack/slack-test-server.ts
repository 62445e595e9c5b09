import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { SlackHistory } from "./slack-history.ts";

/** A post through a response URL. */
export interface ResponsePost {
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A call of the Web API, as the bot made it. */
export interface ApiCall {
  readonly method: string;
  readonly token: string | undefined;
  readonly body: Readonly<Record<string, string>>;
  /** What was answered. */
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** A fault to be played once, or several times. */
export interface SlackFaultScript {
  /** The path's beginning, such as `/api/chat.postMessage` or `/response/`. */
  readonly path: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cut the connection instead of answering. */
  readonly cut?: boolean;
  /** Answer only when this has settled: a Slack that is slow. */
  readonly until?: Promise<unknown>;
  readonly times?: number;
  /** How many requests of the path go well before it. */
  readonly after?: number;
}

/** Posts that one response URL takes, and for how long. */
export const RESPONSE_URL_POSTS = 5;
export const RESPONSE_URL_MILLISECONDS = 30 * 60_000;

/**
 * What a bot of Slack talks to: response URLs with their limits, and in front of another emulator of the Web API a
 * gate that writes down each call and plays faults. Without another emulator it has the channels of a
 * {@link SlackHistory}.
 */
export class SlackTestServer {
  readonly responses: ResponsePost[] = [];
  readonly calls: ApiCall[] = [];
  readonly #server: Server;
  readonly #upstream: string | undefined;
  readonly #history: SlackHistory | undefined;
  readonly #now: () => Date;
  readonly #urls = new Map<string, { readonly made: number; posts: number }>();
  #faults: (SlackFaultScript & { left: number; toPass: number })[] = [];
  #origin = "";

  private constructor(given: {
    upstream: string | undefined;
    history: SlackHistory | undefined;
    now: () => Date;
  }) {
    this.#upstream = given.upstream;
    this.#history = given.history;
    this.#now = given.now;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port of this machine. `upstream` is where the emulator of the Web API is. */
  static async start(
    given: { upstream?: string; history?: SlackHistory; now?: () => Date } = {},
  ): Promise<SlackTestServer> {
    const { upstream, history, now = () => new Date() } = given;
    const server = new SlackTestServer({ upstream, history, now });
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    const address = server.#server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    server.#origin = `http://127.0.0.1:${address.port}`;
    return server;
  }

  /** The base of the Web API. */
  get apiUrl(): string {
    return `${this.#origin}/api/`;
  }

  /** A response URL of its own for each request. */
  newResponseUrl(): string {
    const url = `${this.#origin}/response/${this.#urls.size + 1}`;
    this.#urls.set(url, { made: this.#now().getTime(), posts: 0 });
    return url;
  }

  /** The posts through one response URL. */
  postsTo(url: string): readonly ResponsePost["body"][] {
    return this.responses.filter((post) => post.url === url).map(({ body }) => body);
  }

  /** Plays a fault for the next requests of a path. */
  play(fault: SlackFaultScript): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1, toPass: fault.after ?? 0 });
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults = [];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const body = await bytesOf(request);
    const fault = this.#faults.find((one) => one.left > 0 && path.startsWith(one.path));
    if (fault && fault.toPass > 0) {
      fault.toPass -= 1;
    } else if (fault) {
      fault.left -= 1;
      await fault.until;
      if (fault.cut) {
        response.destroy();
        return;
      }
      const status = fault.status ?? 200;
      const text = fault.body ?? "";
      this.#note(request, { path, body, status, text });
      response.writeHead(status, { "content-type": "application/json", ...fault.headers });
      response.end(text);
      return;
    }
    if (path.startsWith("/response/")) this.#takePost(`${this.#origin}${path}`, body, response);
    else await this.#passOn(request, { path, body, response });
  }

  #takePost(url: string, body: Buffer, response: ServerResponse): void {
    const known = this.#urls.get(url);
    const isOpen = known !== undefined && this.#now().getTime() < known.made + RESPONSE_URL_MILLISECONDS;
    if (!isOpen || known.posts >= RESPONSE_URL_POSTS) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ ok: false, error: isOpen ? "used_url" : "expired_url" }));
      return;
    }
    known.posts += 1;
    this.responses.push({ url, body: JSON.parse(body.toString("utf8")) });
    response.writeHead(200, { "content-type": "text/plain" });
    response.end("ok");
  }

  async #passOn(
    request: IncomingMessage,
    { path, body, response }: { path: string; body: Buffer; response: ServerResponse },
  ): Promise<void> {
    if (this.#upstream === undefined) {
      const [, called = ""] = METHOD.exec(path) ?? [];
      const answer = this.#history?.answer(called, fieldsOf(request, body)) ?? { ok: true };
      const text = JSON.stringify(answer);
      this.#note(request, { path, body, status: 200, text });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(text);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === "string" && !HOP_HEADERS.has(name) ? [[name, value]] : [],
      ),
    );
    const method = request.method ?? "GET";
    const answer = await fetch(new URL(path, this.#upstream), {
      method,
      headers,
      redirect: "manual",
      ...(method === "GET" || method === "HEAD" ? {} : { body: new Uint8Array(body) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    this.#note(request, { path, body, status: answer.status, text: bytes.toString("utf8") });
    const shown = Object.fromEntries([...answer.headers].filter(([name]) => !HOP_HEADERS.has(name)));
    response.writeHead(answer.status, shown);
    response.end(bytes);
  }

  #note(
    request: IncomingMessage,
    { path, body, status, text }: { path: string; body: Buffer; status: number; text: string },
  ): void {
    const [, method] = METHOD.exec(path) ?? [];
    if (method === undefined) return;
    this.calls.push({
      method,
      token: /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1],
      body: fieldsOf(request, body),
      status,
      answer: jsonOf(text),
    });
  }
}

const METHOD = /^\/api\/([\w.]+)/;

const HOP_HEADERS = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "content-encoding",
  "keep-alive",
  "accept-encoding",
]);

function fieldsOf(request: IncomingMessage, body: Buffer): Record<string, string> {
  const text = body.toString("utf8");
  if (request.headers["content-type"]?.includes("json")) {
    return Object.fromEntries(
      Object.entries(jsonOf(text)).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    );
  }
  return Object.fromEntries(new URLSearchParams(text));
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
