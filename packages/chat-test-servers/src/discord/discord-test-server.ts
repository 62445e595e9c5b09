import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { DiscordRefusal } from "./discord-refusal.ts";
import { DiscordSigner } from "./discord-signer.ts";
import { DiscordWorld } from "./discord-world.ts";
import type { SentFile } from "./message-rules.ts";
import { RateBuckets, type BucketLimit } from "./rate-buckets.ts";
import { applyResponse, REST_ROUTES, type RestRoute } from "./rest-routes.ts";
import { InteractionSender } from "./interaction-sender.ts";
import { TestGateway } from "./test-gateway.ts";

/** How requests that match go wrong. */
export interface Fault {
  readonly method?: string;
  /** Tried on the path behind the version, such as `/channels/1/messages`. */
  readonly path: RegExp;
  /** A status to answer, a connection to cut half way through the answer, or silence until the client gives up. */
  readonly how: { readonly status: number; readonly retryAfter?: number } | "cut" | "silence";
  /** How many requests it strikes; one when left out. */
  times?: number;
  /** How many requests that match go well before it. */
  after?: number;
}

/** A request that came in. */
export interface LoggedRequest {
  readonly method: string;
  /** Behind the version, with the query. */
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
  readonly status: number;
}

/** How a test server of Discord is set up. */
export interface DiscordTestOptions {
  readonly applicationId?: string;
  readonly token?: string;
  /** The time by which interaction tokens end; the machine's when left out. */
  readonly now?: () => Date;
  /** Requests of one route and channel; 5 in a second when left out, as for messages of a channel. */
  readonly limit?: BucketLimit;
  /** How long it waits for the first answer to an interaction; 3000, as Discord, when left out. */
  readonly answerMilliseconds?: number | undefined;
}

/**
 * A Discord on this machine, for tests: its REST API as far as bots with slash commands use it, its gateway, and the
 * signed requests that it sends to an application. Limits and refusals are those of Discord's documentation.
 */
export class DiscordTestServer {
  readonly token: string;
  readonly signer = new DiscordSigner();
  readonly world: DiscordWorld;
  readonly requests: LoggedRequest[] = [];
  readonly gateway: TestGateway;
  readonly interactions: InteractionSender;
  readonly #buckets: RateBuckets;
  readonly #faults: Fault[] = [];
  readonly #server: Server;

  private constructor(options: DiscordTestOptions) {
    const { applicationId = "505120997658329108", now = () => new Date() } = options;
    this.token = options.token ?? "a-bot-token-for-tests";
    this.world = new DiscordWorld({ applicationId, now });
    this.#buckets = new RateBuckets(options.limit ?? { requests: 5, milliseconds: 1000 });
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.gateway = new TestGateway({ server: this.#server, bot: this.world.bot, token: this.token });
    this.interactions = new InteractionSender({
      world: this.world,
      signer: this.signer,
      now,
      answerMilliseconds: options.answerMilliseconds,
      apply: (token, response) => applyResponse(this.world, { token, response }),
    });
  }

  /** Starts one on a free port of this machine. */
  static async start(options: DiscordTestOptions = {}): Promise<DiscordTestServer> {
    const made = new DiscordTestServer(options);
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  /** Where the REST API is, without its version. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  /** How many requests were refused because their bucket was empty. */
  get rateRefusals(): number {
    return this.#buckets.refusals;
  }

  /** Makes the next requests that match go wrong. */
  fail(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults.length = 0;
  }

  async stop(): Promise<void> {
    this.gateway.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get #port(): number {
    const address = this.#server.address();
    if (!isPort(address)) throw new Error("the test server does not listen");
    return address.port;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const path = pathname.replace(/^\/api(\/v\d+)?/, "");
    const raw = await buffer(request);
    const { body, files } = await readBody(raw, request.headers["content-type"] ?? "");
    const log = (status: number) =>
      this.requests.push({
        method,
        path: searchParams.size === 0 ? path : `${path}?${searchParams.toString()}`,
        body,
        authorization: request.headers.authorization,
        status,
      });
    const fault = this.#takeFault(method, path);
    if (fault !== undefined && typeof fault.how === "string") {
      log(0);
      if (fault.how === "silence") return;
      // Half an answer, and the connection is gone.
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"id":"1",');
      setImmediate(() => response.destroy());
      return;
    }
    try {
      if (fault !== undefined && typeof fault.how !== "string") throw faultRefusal(fault.how);
      const found = findRoute(method, path);
      if (path === "/gateway/bot") {
        log(200);
        return send(response, 200, this.gateway.describe(`ws://127.0.0.1:${this.#port}`));
      }
      if (!found) throw new DiscordRefusal(404, { code: 0, message: "404: Not Found" });
      if (found.route.needsBot && request.headers.authorization !== `Bot ${this.token}`) {
        throw new DiscordRefusal(401, { code: 0, message: "401: Unauthorized" });
      }
      const major = path.split("/").slice(0, 3).join("/");
      const headers = this.#buckets.take(`${method} ${found.route.path} ${major}`, Date.now());
      const answer = found.route.answer(this.world, { ids: found.ids, query: searchParams, body, files });
      log(answer === undefined ? 204 : 200);
      send(response, answer === undefined ? 204 : 200, answer, headers);
    } catch (error) {
      if (!(error instanceof DiscordRefusal)) throw error;
      log(error.status);
      send(response, error.status, error.body, error.headers);
    }
  }

  #takeFault(method: string, path: string): Fault | undefined {
    const index = this.#faults.findIndex(
      (fault) => fault.path.test(path) && (fault.method === undefined || fault.method === method),
    );
    const fault = this.#faults[index];
    if (!fault) return undefined;
    if (fault.after !== undefined && fault.after > 0) {
      fault.after -= 1;
      return undefined;
    }
    const left = (fault.times ?? 1) - 1;
    if (left <= 0) this.#faults.splice(index, 1);
    else fault.times = left;
    return fault;
  }
}

function faultRefusal({ status, retryAfter }: { status: number; retryAfter?: number }): DiscordRefusal {
  if (status !== 429) return new DiscordRefusal(status, { code: 0, message: `${status}: as the test asked` });
  const seconds = retryAfter ?? 1;
  return new DiscordRefusal(
    429,
    Object.assign(
      { code: 0, message: "You are being rate limited." },
      { retry_after: seconds, global: false },
    ),
    { "retry-after": String(Math.ceil(seconds)), "x-ratelimit-scope": "shared" },
  );
}

function findRoute(
  method: string,
  path: string,
): { route: RestRoute; ids: Readonly<Record<string, string>> } | undefined {
  const parts = path.split("/");
  for (const route of REST_ROUTES) {
    const pattern = route.path.split("/");
    if (route.method !== method || pattern.length !== parts.length) continue;
    const ids: Record<string, string> = {};
    const fits = pattern.every((part, index) => {
      const given = decodeURIComponent(parts[index] ?? "");
      if (!part.startsWith(":")) return part === given;
      ids[part.slice(1)] = given;
      return true;
    });
    if (fits) return { route, ids };
  }
  return undefined;
}

async function readBody(raw: Buffer, contentType: string): Promise<{ body: unknown; files: SentFile[] }> {
  if (raw.length === 0) return { body: undefined, files: [] };
  if (!contentType.startsWith("multipart/form-data")) return { body: JSON.parse(raw.toString()), files: [] };
  const form = await new Response(new Uint8Array(raw), {
    headers: { "content-type": contentType },
  }).formData();
  const files: SentFile[] = [];
  let body: unknown;
  for (const [name, value] of form) {
    if (name === "payload_json") body = JSON.parse(typeof value === "string" ? value : await value.text());
    else if (typeof value !== "string") {
      files.push({
        name: value.name,
        mime: value.type,
        bytes: new Uint8Array(await value.arrayBuffer()),
      });
    }
  }
  return { body, files };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined || status === 204 ? undefined : JSON.stringify(body));
}

function isPort(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
