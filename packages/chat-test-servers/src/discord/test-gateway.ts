import type { Server } from "node:http";
import {
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayOpcodes,
  type APIUser,
  type GatewayIdentifyData,
  type GatewayPresenceUpdateData,
  type RESTGetAPIGatewayBotResult,
} from "discord-api-types/v10";
import { WebSocketServer, type WebSocket } from "ws";

interface Session {
  readonly socket: WebSocket;
  readonly identify: GatewayIdentifyData;
  sequence: number;
}

interface Frame {
  readonly op: GatewayOpcodes;
  readonly d: unknown;
}

/** The gateway of the test server: greets, takes identities shard by shard, and dispatches what a test says. */
export class TestGateway {
  /** The shards that are connected, by number. */
  readonly sessions = new Map<number, Session>();
  readonly identifies: GatewayIdentifyData[] = [];
  readonly presences: GatewayPresenceUpdateData[] = [];
  /** How many shards an application is told to use. */
  shards = 1;
  readonly #sockets: WebSocketServer;
  readonly #bot: APIUser;
  readonly #token: string;
  readonly #waiting = new Set<() => void>();

  constructor({
    server,
    bot,
    token,
  }: {
    readonly server: Server;
    readonly bot: APIUser;
    readonly token: string;
  }) {
    this.#bot = bot;
    this.#token = token;
    this.#sockets = new WebSocketServer({ server });
    this.#sockets.on("connection", (socket, { headers }) => this.#greet(socket, `ws://${headers.host}`));
  }

  /** The answer of `GET /gateway/bot`. */
  describe(url: string): RESTGetAPIGatewayBotResult {
    return {
      url,
      shards: this.shards,
      session_start_limit: { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 16 },
    };
  }

  /** Waits until so many shards are connected. */
  async connected(shards = 1): Promise<void> {
    while (this.sessions.size < shards) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  /** Tells a shard of an event. @throws Error when the shard is not connected */
  dispatch(event: `${GatewayDispatchEvents}`, data: unknown, { shard = 0 }: { shard?: number } = {}): void {
    const session = this.sessions.get(shard);
    if (!session) throw new Error(`shard ${shard} is not connected`);
    session.sequence += 1;
    session.socket.send(
      JSON.stringify({ op: GatewayOpcodes.Dispatch, t: event, s: session.sequence, d: data }),
    );
  }

  /** Cuts a shard's connection, as networks do. */
  cut(shard = 0): void {
    this.sessions.get(shard)?.socket.terminate();
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #greet(socket: WebSocket, url: string): void {
    const say = (frame: object) => socket.send(JSON.stringify(frame));
    say({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: 41_250 }, s: null, t: null });
    socket.on("message", (raw: Buffer) => {
      // Clients of the gateway speak its frames; anything else ends the connection by an error.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const { op, d } = JSON.parse(raw.toString()) as Frame;
      if (op === GatewayOpcodes.Heartbeat) {
        say({ op: GatewayOpcodes.HeartbeatAck, d: null, s: null, t: null });
      } else if (op === GatewayOpcodes.Identify) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        this.#identify({ socket, url, identify: d as GatewayIdentifyData });
      } else if (op === GatewayOpcodes.PresenceUpdate) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        this.presences.push(d as GatewayPresenceUpdateData);
      } else if (op === GatewayOpcodes.Resume) {
        // Sessions are not kept: the client begins a new one.
        say({ op: GatewayOpcodes.InvalidSession, d: false, s: null, t: null });
      }
    });
  }

  #identify({
    socket,
    url,
    identify,
  }: {
    socket: WebSocket;
    url: string;
    identify: GatewayIdentifyData;
  }): void {
    this.identifies.push(identify);
    if (identify.token !== this.#token) {
      socket.close(GatewayCloseCodes.AuthenticationFailed, "Authentication failed.");
      return;
    }
    const [shard = 0, shards = 1] = identify.shard ?? [];
    const session: Session = { socket, identify, sequence: 0 };
    this.sessions.set(shard, session);
    socket.on("close", () => {
      if (this.sessions.get(shard) === session) this.sessions.delete(shard);
    });
    this.dispatch(
      GatewayDispatchEvents.Ready,
      {
        v: 10,
        user: this.#bot,
        guilds: [],
        session_id: `session-${shard}`,
        resume_gateway_url: url,
        shard: [shard, shards],
        application: { id: this.#bot.id, flags: 0 },
      },
      { shard },
    );
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
