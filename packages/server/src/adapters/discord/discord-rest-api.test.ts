import { DiscordTestServer } from "@guildhall/chat-test-servers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { textMessage } from "./discord-message.ts";
import { DiscordRestApi } from "./discord-rest-api.ts";

let discord: DiscordTestServer;
let channelId: string;

beforeEach(async () => {
  discord = await DiscordTestServer.start({ limit: { requests: 2, milliseconds: 300 } });
  channelId = discord.world.addChannel({ guildId: "900000000000000001", name: "table" });
});
afterEach(() => discord.stop());

function api(token: string | undefined = discord.token, timeoutMilliseconds = 10_000): DiscordRestApi {
  const { apiUrl, world } = discord;
  return new DiscordRestApi({ apiUrl, applicationId: world.applicationId, token, timeoutMilliseconds });
}

const contents = () => discord.world.messages(channelId).map(({ message }) => message.content);

describe("Discord's REST API", () => {
  it("carries messages with files, and can ping nobody", async () => {
    const id = await api().createMessage(channelId, {
      ...textMessage("@everyone <@700000000000000001>"),
      files: [{ name: "a.txt", mime: "text/plain", bytes: Buffer.from("inside"), description: "a text" }],
    });
    const [held] = discord.world.messages(channelId);
    expect(held?.allowedMentions).toEqual({ parse: [], users: [], roles: [] });
    expect(held?.files).toMatchObject([{ name: "a.txt", mime: "text/plain" }]);
    await api().editMessage(channelId, id, textMessage("other words"));
    expect(discord.world.message(channelId, id)).toMatchObject({
      message: { content: "other words", attachments: [{ filename: "a.txt" }] },
      edits: 1,
    });
  });

  it("waits as a 429 tells it, and loses nothing", async () => {
    discord.fail({ path: /messages/, how: { status: 429, retryAfter: 0.2 } });
    const client = api();
    await Promise.all(
      ["a", "b", "c", "d", "e"].map((text) => client.createMessage(channelId, textMessage(text))),
    );
    expect(contents()).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("does not wait for a limit of minutes", async () => {
    discord.fail({ path: /messages/, how: { status: 429, retryAfter: 600 } });
    const client = api();
    await expect(client.createMessage(channelId, textMessage("x"))).rejects.toMatchObject({
      fault: "unavailable",
    });
  });

  it("tries again after a 500, and leaves a connection cut half way to whoever asked", async () => {
    discord.fail({ path: /messages/, how: { status: 500 } });
    await api().createMessage(channelId, textMessage("after the fault"));
    // The message may have been posted before the cut: only who asked knows what twice would mean.
    discord.fail({ path: /messages/, how: "cut" });
    await expect(api().createMessage(channelId, textMessage("cut"))).rejects.toMatchObject({
      fault: "unavailable",
    });
    discord.fail({ path: /messages/, how: { status: 503 }, times: 10 });
    await expect(api().createMessage(channelId, textMessage("never"))).rejects.toMatchObject({
      fault: "unavailable",
    });
  });

  it("asks a Discord that does not answer again, and then gives it up for now", async () => {
    const impatient = api(discord.token, 200);
    discord.fail({ path: /messages/, how: "silence" });
    await impatient.createMessage(channelId, textMessage("after the silence"));
    expect(contents()).toEqual(["after the silence"]);
    discord.fail({ path: /messages/, how: "silence", times: 10 });
    await expect(impatient.createMessage(channelId, textMessage("never"))).rejects.toMatchObject({
      fault: "unavailable",
    });
  });

  it("says what is gone, what is refused and when the token is wrong", async () => {
    await expect(api().editMessage(channelId, "1", textMessage("x"))).rejects.toMatchObject({
      fault: "gone",
    });
    await expect(api().createMessage(channelId, textMessage("x".repeat(2001)))).rejects.toMatchObject({
      fault: "refused",
    });
    await expect(api("wrong").createMessage(channelId, textMessage("x"))).rejects.toMatchObject({
      fault: "unauthorized",
    });
    discord.world.deleteChannel(channelId);
    await expect(api().createMessage(channelId, textMessage("x"))).rejects.toMatchObject({ fault: "gone" });
  });

  it("reads channels and their history, newest first", async () => {
    const client = api();
    for (const text of ["one", "two", "three"]) await client.createMessage(channelId, textMessage(text));
    const listed = await client.listChannels("900000000000000001");
    expect(listed).toEqual([{ id: channelId, name: "table", isPrivate: false }]);
    const [newest, middle] = await client.history(channelId, { limit: 2 });
    expect([newest?.content, middle?.content]).toEqual(["three", "two"]);
    const older = await client.history(channelId, { limit: 100, before: middle?.id });
    expect(older.map(({ content }) => content)).toEqual(["one"]);
  });
});
