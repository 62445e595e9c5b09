import { buttons, plainText, type ChatPage } from "@guildhall/sdk";
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
  const table = () => ({
    adapter: "discord",
    workspaceId: GUILD,
    channelId: hall.channelId,
    name: "table",
    isPrivate: false,
  });
  const later = () => new Date(Date.now() + 1000);
  const texts = (pages: readonly ChatPage[]) =>
    pages.flatMap(({ messages }) => messages.map(({ text }) => text));
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

  it("give their history newest page first, each page saying what it reaches over", async () => {
    for (let n = 1; n <= 230; n += 1) write(`message ${n}`);
    const pages = await Array.fromAsync(channels().history(table()));
    const [newest, middle, oldest] = pages;
    expect(pages.map(({ messages }) => messages.length)).toEqual([100, 100, 30]);
    expect(texts(pages.toReversed())).toEqual(
      Array.from({ length: 230 }, (_, index) => `message ${index + 1}`),
    );
    expect([newest?.before, oldest?.after]).toEqual([null, null]);
    expect(newest?.after).toBe(newest?.messages[0]?.position);
    expect(oldest?.before).toBe(middle?.messages[0]?.position);
    expect(oldest?.messages[0]).toMatchObject({
      authorId: ann.id,
      authorName: "ann",
      isByPerson: true,
      isOwn: false,
      editedAt: null,
      raw: { content: "message 1" },
    });
    expect(texts(await Array.fromAsync(channels().history(table(), { since: later() })))).toEqual([]);
    const before = middle?.messages[0]?.position ?? 0n;
    const rest = await Array.fromAsync(channels().history(table(), { before }));
    expect(texts(rest)).toHaveLength(30);
  });

  it("give threads, edits and files, and tell which channels are private", async () => {
    const { world } = hall.discord;
    const secret = world.addChannel({ guildId: GUILD, name: "secret", isPrivate: true });
    const all = await channels().match({ workspaceId: GUILD, pattern: /secret|table/ });
    expect(all.map(({ name, isPrivate }) => [name, isPrivate])).toEqual([
      ["secret", true],
      ["table", false],
    ]);
    const map = { name: "map.png", mime: "image/png", bytes: new Uint8Array(12) };
    const { message } = world.post({
      channelId: secret,
      body: { content: "who?" },
      author: ann,
      files: [map],
    });
    const thread = world.beginThread(secret, message.id, "who comes");
    for (let n = 0; n < 120; n += 1) {
      world.post({ channelId: thread, body: { content: `answer ${n}` }, author: ann });
    }
    world.edit({ channelId: secret, id: message.id, body: { content: "who comes?" } });
    const place = { ...table(), channelId: secret };
    const [page] = await Array.fromAsync(channels().history(place));
    expect(page?.messages).toMatchObject([
      { text: "who comes?", thread, files: [{ name: "map.png", mime: "image/png", size: 12 }] },
    ]);
    expect(page?.messages[0]?.editedAt).toBeInstanceOf(Date);
    const answers = await Array.fromAsync(channels().answers(place, thread));
    expect(texts(answers.toReversed())).toHaveLength(120);
    expect(answers[0]?.messages.at(-1)).toMatchObject({ text: "answer 119", answerIn: thread });
    expect(answers.at(-1)?.after).toBeNull();
  });

  it("say so when Discord hides what messages say", async () => {
    const { world } = hall.discord;
    const channelId = world.addChannel({ guildId: GUILD, name: "hidden" });
    const { message } = world.post({ channelId, body: { content: "x" }, author: ann });
    world.edit({ channelId, id: message.id, body: { content: "", embeds: [] } });
    await expect(Array.fromAsync(channels().history({ ...table(), channelId }))).rejects.toThrow(
      "switch on its Message Content Intent",
    );
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
