import { expect, it } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { stores } from "../../support/stores.ts";
import { openSlackHall } from "./slack-hall.ts";

/** Slack's side of a socket: greets whoever comes, and keeps what is acknowledged. */
class SocketHost {
  readonly acknowledged: { envelope_id: string; payload?: unknown }[] = [];
  readonly #server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  #socket: WebSocket | undefined;
  connections = 0;

  constructor() {
    this.#server.on("connection", (socket) => {
      this.#socket = socket;
      this.connections += 1;
      socket.send(JSON.stringify({ type: "hello", num_connections: 1, connection_info: { app_id: "A1" } }));
      socket.on("message", (data: Buffer) => this.acknowledged.push(JSON.parse(data.toString())));
    });
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `ws://127.0.0.1:${address.port}`;
  }

  send(envelope: object): void {
    this.#socket?.send(JSON.stringify(envelope));
  }

  /** Slack asks to come back now and then. */
  recycle(): void {
    this.send({ type: "disconnect", reason: "refresh_requested" });
  }

  stop(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}

it("Socket Mode takes commands, forms of it and events without a public address, and comes back", async () => {
  const [store] = stores();
  const database = await store?.createDatabase();
  const host = new SocketHost();
  const hall = await openSlackHall({
    databaseUrl: database?.url ?? "",
    settings: { signingSecret: undefined, appToken: "xapp-1-test" },
    beforeConnect: ({ gate }) => {
      const body = JSON.stringify({ ok: true, url: host.url });
      gate.play({ path: "/api/apps.connections.open", body, times: 10 });
    },
  });
  try {
    await expect.poll(() => host.connections).toBe(1);
    const opening = hall.world.gate.calls.find(({ method }) => method === "apps.connections.open");
    expect(opening?.token).toBe("xapp-1-test");

    const { teamId, userId, userName, channelId, channelName } = hall.actor("ann");
    const responseUrl = hall.world.gate.newResponseUrl();
    const command = (text: string, trigger_id: string) => ({
      type: "slash_commands",
      envelope_id: `e-${trigger_id}`,
      accepts_response_payload: true,
      payload: {
        command: "/hall",
        text,
        trigger_id,
        response_url: responseUrl,
        team_id: teamId,
        user_id: userId,
        user_name: userName,
        channel_id: channelId,
        channel_name: channelName,
      },
    });
    const answerTo = (id: string) => host.acknowledged.find(({ envelope_id }) => envelope_id === id)?.payload;
    host.send(command("echo over the socket", "1"));
    await expect.poll(() => answerTo("e-1")).toEqual({ response_type: "in_channel" });
    await expect
      .poll(() => hall.world.gate.postsTo(responseUrl))
      .toMatchObject([{ text: "over the socket" }]);
    host.send(command("echo --help", "2"));
    await expect.poll(() => answerTo("e-2")).toMatchObject({ text: expect.stringContaining("*usage*") });

    host.send({
      type: "events_api",
      envelope_id: "e-3",
      payload: {
        type: "event_callback",
        team_id: teamId,
        event_id: "Ev1",
        event: { type: "member_left_channel", user: userId, channel: channelId },
      },
    });
    await expect.poll(() => host.acknowledged.map(({ envelope_id }) => envelope_id)).toContain("e-3");

    host.recycle();
    await expect.poll(() => host.connections, { timeout: 15_000 }).toBe(2);
    host.send(command("echo again", "4"));
    await expect.poll(() => answerTo("e-4"), { timeout: 5000 }).toEqual({ response_type: "in_channel" });
  } finally {
    await hall.stop();
    host.stop();
    await database?.drop();
  }
});
