import { API } from "@discordjs/core/http-only";
import { REST } from "@discordjs/rest";
import { ButtonStyle, ComponentType, InteractionResponseType } from "discord-api-types/v10";
import { verifyKey } from "discord-interactions";
import { SlashCommand, SlashCreator, Server as SlashServer } from "slash-create";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createServer, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { DiscordTestServer } from "./discord-test-server.ts";
import { testUser } from "./discord-world.ts";

const GUILD = "900000000000000001";
const ada = testUser({ id: "700000000000000001", username: "ada" });

let discord: DiscordTestServer;
let channelId: string;
let time: number;

beforeEach(async () => {
  time = Date.now();
  discord = await DiscordTestServer.start({
    now: () => new Date(time),
    limit: { requests: 3, milliseconds: 400 },
  });
  channelId = discord.world.addChannel({ guildId: GUILD, name: "table" });
});
afterEach(() => discord.stop());

const contents = () => discord.world.messages(channelId).map(({ message }) => message.content);

describe("with @discordjs/core as the client", () => {
  const api = () =>
    new API(new REST({ api: discord.apiUrl, version: "10", retries: 1 }).setToken(discord.token));

  it("takes messages, edits, files and history", async () => {
    const made = await api().channels.createMessage(channelId, {
      content: "hello",
      files: [{ name: "a.txt", data: Buffer.from("inside"), contentType: "text/plain" }],
    });
    await api().channels.editMessage(channelId, made.id, { content: "good day" });
    const [held] = discord.world.messages(channelId);
    expect(held?.message).toMatchObject({ content: "good day", author: { bot: true } });
    expect(Buffer.from(held?.files[0]?.bytes ?? []).toString()).toBe("inside");
    expect(await api().channels.getMessages(channelId, { limit: 1 })).toMatchObject([{ id: made.id }]);
  });

  it("holds messages and commands against the limits", async () => {
    await expect(api().channels.createMessage(channelId, { content: "x".repeat(2001) })).rejects.toThrow(
      /Invalid Form Body/,
    );
    await expect(api().channels.createMessage(channelId, {})).rejects.toThrow(/empty message/);
    await expect(
      api().applicationCommands.bulkOverwriteGlobalCommands(discord.world.applicationId, [
        { name: "Roll", description: "upper case is refused" },
      ]),
    ).rejects.toThrow(/is not valid/);
    await api().applicationCommands.bulkOverwriteGlobalCommands(discord.world.applicationId, [
      { name: "roll", description: "Roll dice" },
    ]);
    const held = await api().applicationCommands.getGlobalCommands(discord.world.applicationId);
    expect(held).toMatchObject([{ name: "roll", type: 1 }]);
  });

  it("refuses for a while what comes too fast, and the client waits as it is told", async () => {
    await Promise.all(
      Array.from({ length: 7 }, (_, n) => api().channels.createMessage(channelId, { content: `${n}` })),
    );
    expect(contents().toSorted()).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect(discord.rateRefusals).toBeGreaterThan(0);
  });

  it("answers with a missing channel, a bad token and faults as asked", async () => {
    discord.world.deleteChannel(channelId);
    await expect(api().channels.createMessage(channelId, { content: "x" })).rejects.toMatchObject({
      code: 10003,
      status: 404,
    });
    const stranger = new API(new REST({ api: discord.apiUrl }).setToken("wrong"));
    await expect(stranger.users.getCurrent()).rejects.toMatchObject({ status: 401 });
    discord.fail({ path: /users/, how: { status: 500 } });
    await expect(api().users.getCurrent()).resolves.toMatchObject({ id: discord.world.applicationId });
    discord.fail({ path: /users/, how: "cut", times: 5 });
    await expect(
      new API(new REST({ api: discord.apiUrl, retries: 0 }).setToken(discord.token)).users.getCurrent(),
    ).rejects.toThrow();
  });
});

describe("an interaction", () => {
  let endpoint: Server | undefined;
  afterEach(() => endpoint?.close());

  async function listen(answer: (payload: unknown) => object): Promise<void> {
    endpoint = createServer((request, response) => {
      void (async () => {
        const raw = await buffer(request);
        const isGood = await verifyKey(
          raw,
          String(request.headers["x-signature-ed25519"]),
          String(request.headers["x-signature-timestamp"]),
          discord.signer.publicKey,
        );
        response.writeHead(isGood ? 200 : 401, { "content-type": "application/json" });
        response.end(isGood ? JSON.stringify(answer(JSON.parse(raw.toString()))) : "");
      })();
    });
    await new Promise<void>((resolve) => endpoint?.listen(0, "127.0.0.1", resolve));
    const address = endpoint.address();
    const port = typeof address === "object" && address ? address.port : 0;
    discord.interactions.connect(`http://127.0.0.1:${port}/`);
  }

  it("is signed so that others' verifiers take it, and its answer stands in the channel", async () => {
    await listen(() => ({
      type: InteractionResponseType.ChannelMessageWithSource,
      data: {
        content: "rolled",
        components: [
          {
            type: ComponentType.ActionRow,
            components: [
              { type: ComponentType.Button, style: ButtonStyle.Primary, label: "again", custom_id: "x" },
            ],
          },
        ],
      },
    }));
    const sent = await discord.interactions.command({ user: ada, channelId, guildId: GUILD }, "roll", {
      expression: "1d20",
    });
    expect(sent.status).toBe(200);
    expect(contents()).toEqual(["rolled"]);
    expect(
      (await discord.interactions.post("{}", { "x-signature-ed25519": "00", "x-signature-timestamp": "1" }))
        .status,
    ).toBe(401);
  });

  it("has a token that ends after 15 minutes", async () => {
    await listen(() => ({ type: InteractionResponseType.DeferredChannelMessageWithSource }));
    const { interaction } = await discord.interactions.command(
      { user: ada, channelId, guildId: GUILD },
      "roll",
    );
    const { interactions } = new API(new REST({ api: discord.apiUrl }));
    await interactions.editReply(discord.world.applicationId, interaction.token, { content: "in time" });
    expect(contents()).toEqual(["in time"]);
    time += 15 * 60_000 + 1;
    await expect(
      interactions.editReply(discord.world.applicationId, interaction.token, { content: "too late" }),
    ).rejects.toMatchObject({ code: 50027, status: 401 });
    expect(contents()).toEqual(["in time"]);
  });
});

describe("with slash-create on the other side", () => {
  it("registers commands, takes a signed command, defers and edits", async () => {
    class EndpointServer extends SlashServer {
      handle: ((payload: string, headers: Record<string, string>) => Promise<object>) | undefined;

      override createEndpoint(_path: string, handler: Parameters<SlashServer["createEndpoint"]>[1]): void {
        this.handle = (payload, headers) =>
          new Promise((resolve) => {
            const request = {
              headers,
              body: JSON.parse(payload),
              rawBody: payload,
              request: {},
              response: {},
            };
            void handler(request, async (answer) => resolve(answer.body ?? {}), undefined);
          });
      }
    }
    const creator = new SlashCreator({
      applicationID: discord.world.applicationId,
      publicKey: discord.signer.publicKey,
      token: discord.token,
      rest: { baseURL: `${discord.apiUrl}/v10` },
      disableTimeouts: true,
    });
    const server = new EndpointServer({ alreadyListening: true });
    creator.withServer(server);
    creator.registerCommand(
      class Greet extends SlashCommand {
        constructor(owner: SlashCreator) {
          super(owner, { name: "greet", description: "Say good day" });
        }
        override async run(context: Parameters<SlashCommand["run"]>[0]): Promise<void> {
          await context.defer();
          await context.send(`good day, ${context.user.username}`);
        }
      },
    );
    await creator.syncCommands();
    expect(discord.world.commands()).toMatchObject([{ name: "greet" }]);
    creator.startServer().catch(() => undefined);

    const bridge = createServer((request, response) => {
      void (async () => {
        const payload = (await buffer(request)).toString();
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([key, value]) => [key, String(value)]),
        );
        const answer = await server.handle?.(payload, headers);
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(answer));
      })();
    });
    await new Promise<void>((resolve) => bridge.listen(0, "127.0.0.1", resolve));
    const address = bridge.address();
    discord.interactions.connect(
      `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`,
    );
    try {
      const sent = await discord.interactions.command({ user: ada, channelId, guildId: GUILD }, "greet");
      expect(sent).toMatchObject({ status: 200, response: { type: 5 } });
      await expect.poll(contents).toEqual(["good day, ada"]);
    } finally {
      bridge.close();
    }
  });
});
