import { GatewayIntentBits } from "discord-api-types/v10";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiscordTestServer, testUser } from "@guildhall/chat-test-servers";
import { stores, type TestDatabase } from "../support/stores.ts";
import { GUILD, serveDiscord, type DiscordHall } from "./serve-discord.ts";

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe("Discord's gateway", () => {
  let database: TestDatabase;
  let discord: DiscordTestServer;
  let hall: DiscordHall;
  beforeEach(async () => {
    database = await store.createDatabase();
    discord = await DiscordTestServer.start({ limit: { requests: 1000, milliseconds: 1000 } });
    discord.gateway.shards = 2;
    hall = await serveDiscord({ url: database.url, discord });
    await discord.gateway.connected(2);
  });
  afterEach(async () => {
    await hall.stop();
    await discord.stop();
    await database.drop();
  });

  let messages = 0;
  const say = (content: string, options: { mentions?: boolean; direct?: boolean; bot?: boolean } = {}) => {
    const { mentions = true, direct = false, bot = false } = options;
    const { user, channelId } = hall.actor("ann", { direct });
    messages += 1;
    const message = {
      id: `99900000000000000${messages}`,
      type: 0,
      channel_id: channelId,
      ...(direct ? {} : { guild_id: GUILD }),
      content,
      author: { ...user, bot },
      mentions: mentions ? [discord.world.bot] : [],
    };
    discord.gateway.dispatch("MESSAGE_CREATE", message, { shard: 1 });
    return message;
  };
  const me = () => `<@${discord.world.applicationId}>`;

  it("is opened with so many shards as Discord says, with the activity line, and asks for no secret content", () => {
    const { identifies } = discord.gateway;
    expect(
      identifies.map(({ shard }) => shard).toSorted((one, other) => (one?.[0] ?? 0) - (other?.[0] ?? 0)),
    ).toEqual([
      [0, 2],
      [1, 2],
    ]);
    const [identify] = identifies;
    expect(identify?.presence?.activities).toMatchObject([{ state: "hall.example.org | /help" }]);
    expect((identify?.intents ?? 0) & GatewayIntentBits.MessageContent).toBe(0);
    expect((identify?.intents ?? 0) & GatewayIntentBits.GuildMessages).not.toBe(0);
  });

  it("brings mentions: ping, help anywhere, and any command (F-15)", async () => {
    say(`${me()} ping`);
    await expect.poll(() => hall.texts().at(-1)).toBe("pong");
    say(`${me()} please help`);
    await expect.poll(() => hall.texts().at(-1)).toContain("**Commands**");
    say(`<@!${discord.world.applicationId}>`);
    await expect.poll(() => hall.texts().length).toBe(3);
    say(`${me()} echo *hi* @everyone`);
    await expect.poll(() => hall.texts().at(-1)).toBe("\\*hi\\* \\@everyone");
    expect(discord.world.messages(hall.channelId).at(-1)?.allowedMentions).toMatchObject({ parse: [] });
    say(`${me()} strem 3`);
    await expect.poll(() => hall.texts().at(-1)).toContain("stream");
    say(`${me()} admin-only`);
    await expect.poll(() => hall.texts().at(-1)).toContain("Only administrators");
  });

  it("brings direct messages, and lets pass what is said by others to others, or by a bot", async () => {
    say("echo in private", { direct: true, mentions: false });
    const { channelId } = hall.actor("ann", { direct: true });
    await expect
      .poll(() => discord.world.messages(channelId).map(({ message }) => message.content))
      .toEqual(["in private"]);
    say("echo unheard", { mentions: false });
    say(`${me()} echo from a bot`, { bot: true });
    say(`${me()} echo the end`);
    await expect.poll(() => hall.texts().at(-1)).toBe("the end");
    expect(hall.texts()).toEqual(["the end"]);
  });

  it("starts nothing for a message that comes twice", async () => {
    const message = say(`${me()} echo once`);
    discord.gateway.dispatch("MESSAGE_CREATE", message, { shard: 0 });
    say(`${me()} echo twice`);
    await expect.poll(() => hall.texts().toSorted()).toEqual(["once", "twice"]);
  });

  it("brings interactions where Discord knows no address of the hall", async () => {
    const actor = {
      user: testUser({ id: "700000000000000777", username: "cy" }),
      channelId: hall.channelId,
      guildId: GUILD,
    };
    const payload = discord.interactions.byGateway(actor, "echo", { words: "by the gateway" });
    discord.gateway.dispatch("INTERACTION_CREATE", payload);
    await expect.poll(() => hall.texts()).toEqual(["by the gateway"]);
    expect(discord.requests.some(({ path }) => path.endsWith("/callback"))).toBe(true);
  });

  it("is opened anew when the connection breaks", async () => {
    discord.gateway.cut(1);
    await expect.poll(() => discord.gateway.identifies.length, { timeout: 20_000 }).toBe(3);
    await discord.gateway.connected(2);
    say(`${me()} ping`);
    await expect.poll(() => hall.texts().at(-1)).toBe("pong");
  });
});

describe("a wrong token", () => {
  it("keeps the gateway closed and the hall serving signed interactions", async () => {
    const database = await store.createDatabase();
    const hall = await serveDiscord({ url: database.url, settings: { token: "wrong" } });
    const sent = await hall.discord.interactions.command(hall.actor("ann"), "echo", { words: "still" });
    expect(sent.response).toMatchObject({ type: 4, data: { content: "still" } });
    await hall.stop();
    await database.drop();
  });
});
