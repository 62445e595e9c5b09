import { buttons, plainText } from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testUser } from "@guildhall/chat-test-servers";
import { stores, type TestDatabase } from "../support/stores.ts";
import { GUILD, serveDiscord, type DiscordHall } from "./serve-discord.ts";

const [store] = stores();
if (!store) throw new Error("there is no store to test on");
const OTHER = "900000000000000002";

describe("Discord's channels for modules and services", () => {
  let database: TestDatabase;
  let hall: DiscordHall;
  beforeAll(async () => {
    database = await store.createDatabase();
    hall = await serveDiscord({ url: database.url });
    hall.discord.world.addChannel({ guildId: GUILD, name: "attic" });
    hall.discord.world.addChannel({ guildId: OTHER, name: "table" });
  });
  afterAll(async () => {
    await hall.stop();
    await database.drop();
  });
  const channels = () => hall.hall.chat.channels;
  const table = () => ({ adapter: "discord", workspaceId: GUILD, channelId: hall.channelId, name: "table" });
  const ann = testUser({ id: "700000000000000001", username: "ann" });
  const write = (content: string, author = ann) =>
    hall.discord.world.post({ channelId: hall.channelId, body: { content }, author });

  it("are found by their names, in one guild or in all", async () => {
    const all = await channels().match({ pattern: /^t/g });
    expect(all.map(({ workspaceId, name }) => [workspaceId, name])).toEqual([
      [GUILD, "table"],
      [OTHER, "table"],
    ]);
    const one = await channels().match({ adapter: "discord", workspaceId: GUILD, pattern: /./ });
    expect(one.map(({ name }) => name)).toEqual(["attic", "table"]);
  });

  it("give their history oldest first, all pages, and only what came after an instant", async () => {
    for (let n = 1; n <= 230; n += 1) write(`message ${n}`);
    const read = async (after?: Date) => {
      const texts: string[] = [];
      for await (const page of channels().history(table(), after ? { after } : {})) {
        texts.push(...page.map(({ text }) => text));
      }
      return texts;
    };
    expect(await read()).toEqual(Array.from({ length: 230 }, (_, index) => `message ${index + 1}`));
    expect(await read(new Date(Date.now() + 1000))).toEqual([]);
    const pages = channels().history(table());
    for await (const [first] of pages) {
      expect(first).toMatchObject({
        authorId: ann.id,
        isByPerson: true,
        isOwn: false,
        raw: { content: "message 1" },
      });
      break;
    }
  });

  it("tell the last activity of a person or of the hall", async () => {
    write("by ann");
    expect(await channels().lastActivity(table())).toMatchObject({ isOwn: false });
    await channels().post(table(), { chunks: [plainText("by the hall")] });
    expect(await channels().lastActivity(table())).toMatchObject({ isOwn: true });
    const [attic] = await channels().match({ workspaceId: GUILD, pattern: /attic/ });
    expect(attic && (await channels().lastActivity(attic))).toBeUndefined();
  });

  it("take messages whose text calls nobody, unless everybody is to be called", async () => {
    const held = () => hall.discord.world.messages(hall.channelId).at(-1);
    await channels().post(table(), {
      chunks: [plainText("@everyone"), buttons([{ label: "Roll", line: "roll 1d20" }])],
    });
    expect(held()).toMatchObject({
      message: { content: "\\@everyone\nRoll: `roll 1d20`" },
      allowedMentions: { parse: [] },
    });
    const before = hall.texts().length;
    await channels().post(table(), { chunks: [plainText("x".repeat(2000))], callEveryone: true });
    const [call] = hall.discord.world.messages(hall.channelId).slice(before);
    expect(call).toMatchObject({
      message: { content: "@everyone" },
      allowedMentions: { parse: ["everyone"] },
    });
    expect(held()?.message.content).toBe("x".repeat(2000));
  });

  it("say what is wrong when a channel is gone or Discord is away", async () => {
    await expect(
      channels().post({ ...table(), channelId: "123456" }, { chunks: [plainText("x")] }),
    ).rejects.toMatchObject({ code: "channel_not_found" });
    hall.discord.fail({ path: /guilds/, how: { status: 503 }, times: 10 });
    await expect(channels().match({ pattern: /./ })).rejects.toMatchObject({ code: "chat_unavailable" });
  });
});
