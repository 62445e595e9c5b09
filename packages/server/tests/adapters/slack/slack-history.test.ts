import { SlackHistory, SlackTestServer } from "@guildhall/chat-test-servers";
import type { ChatChannel, ChatMessage, ChatPage } from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SlackChannels } from "../../../src/adapters/slack/slack-channels.ts";
import { openSlackChannels } from "../../support/backup-worlds.ts";
import { stores } from "../../support/stores.ts";
import { useTestHall } from "../../support/use-test-hall.ts";

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe("a channel's history in Slack", () => {
  const { test } = useTestHall(store);
  const world = new SlackHistory({ largestPage: 15 });
  const waits: number[] = [];
  let gate: SlackTestServer;
  let channels: SlackChannels;
  beforeAll(async () => {
    gate = await SlackTestServer.start({ history: world });
    channels = openSlackChannels(test().hall, { teamId: world.teamId, apiUrl: gate.apiUrl, waits });
  });
  afterAll(async () => await gate.stop());

  const channel = (name: string): ChatChannel => {
    const channelId = world.addChannel(name);
    return { adapter: "slack", workspaceId: world.teamId, channelId, name, isPrivate: false };
  };
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));
  const texts = (pages: readonly ChatPage[]) => pages.map(({ messages }) => messages.map(({ text }) => text));

  it("comes newest page first, each page saying what it reaches over, and one page at a time", async () => {
    const tavern = channel("tavern");
    for (let n = 0; n < 40; n += 1) world.write(tavern.channelId, `m${n}`, { at: at(n) });
    const before = gate.calls.length;
    const pages: ChatPage[] = [];
    for await (const page of channels.history(tavern)) {
      pages.push(page);
      const asked = gate.calls.slice(before).filter(({ method }) => method === "conversations.history");
      expect(asked).toHaveLength(pages.length);
    }
    expect(pages.map(({ messages }) => messages.length)).toEqual([15, 15, 10]);
    expect(texts(pages.toReversed()).flat()).toEqual(Array.from({ length: 40 }, (_, n) => `m${n}`));
    const [newest, middle, oldest] = pages;
    expect(newest?.before).toBeNull();
    expect(middle?.before).toBe(newest?.messages[0]?.position);
    expect(newest?.after).toBe(newest?.messages[0]?.position);
    expect([oldest?.after, oldest?.before]).toEqual([null, middle?.messages[0]?.position]);
  });

  it("is read from an instant on, and goes on below where a reader was", async () => {
    const forest = channel("forest");
    for (let n = 0; n < 40; n += 1) world.write(forest.channelId, `m${n}`, { at: at(n) });
    const since = await Array.fromAsync(channels.history(forest, { since: at(35) }));
    expect(texts(since)).toEqual([["m35", "m36", "m37", "m38", "m39"]]);
    const [first] = await Array.fromAsync(channels.history(forest));
    const before = first?.messages[0]?.position ?? 0n;
    const rest = await Array.fromAsync(channels.history(forest, { since: at(20), before }));
    expect(texts(rest)).toEqual([["m20", "m21", "m22", "m23", "m24"]]);
    expect(rest[0]?.after).toBeLessThan(rest[0]?.messages[0]?.position ?? 0n);
  });

  it("has threads, edits, files, and the places of deleted messages on which threads hang", async () => {
    const attic = channel("attic");
    const map = { id: "F1", name: "map.png", mimetype: "image/png", size: 12, url_private: "https://x" };
    const parent = world.write(attic.channelId, "who comes?", { at: at(1) });
    for (let n = 0; n < 20; n += 1) {
      world.write(attic.channelId, `answer ${n}`, { thread: parent, at: at(2 + n) });
    }
    const plain = world.write(attic.channelId, "a map", { files: [map], at: at(30) });
    world.edit(attic.channelId, plain, "the map");
    const read = async () =>
      (await Array.fromAsync(channels.history(attic))).flatMap(({ messages }) => messages);
    const answers = async () => await Array.fromAsync(channels.answers(attic, parent));
    const [one, two] = await read();
    expect(one).toMatchObject({ text: "who comes?", thread: parent, answerIn: null, editedAt: null });
    expect(two).toMatchObject({
      text: "the map",
      thread: null,
      files: [{ id: "F1", name: "map.png", mime: "image/png", size: 12 }],
    });
    expect(two?.editedAt).toBeInstanceOf(Date);
    expect(JSON.stringify(two?.raw)).not.toContain('"team"');
    const pages = await answers();
    expect(pages.map(({ messages }) => messages.length)).toEqual([14, 6]);
    expect(pages[1]?.after).toBe(pages[0]?.messages.at(-1)?.position);
    expect([pages[0]?.after, pages[1]?.before]).toEqual([null, null]);
    expect(pages[1]?.messages.at(-1)).toMatchObject({ text: "answer 19", answerIn: parent });
    world.remove(attic.channelId, parent);
    expect((await read())[0]).toMatchObject<Partial<ChatMessage>>({
      isDeleted: true,
      isByPerson: false,
      thread: parent,
    });
    expect(texts(await answers()).flat()).toHaveLength(20);
  });

  it("waits as long as Slack asks, joins where it must, and stops waiting when told", async () => {
    const keep = channel("keep");
    world.write(keep.channelId, "hello");
    world.mustJoin = true;
    const slow = { path: "/api/conversations.history", status: 429, headers: { "retry-after": "60" } };
    gate.play({ ...slow, body: "{}" });
    expect(texts(await Array.fromAsync(channels.history(keep)))).toEqual([["hello"]]);
    expect(waits).toEqual([60_000]);
    expect(gate.calls.map(({ method }) => method)).toContain("conversations.join");
    world.mustJoin = false;
    const stop = new AbortController();
    stop.abort(new Error("the hall stops"));
    const reading = Array.fromAsync(channels.history(keep, { signal: stop.signal }));
    await expect(reading).rejects.toThrow("the hall stops");
    gate.play({ path: "/api/conversations.history", cut: true, times: 9 });
    await expect(Array.fromAsync(channels.history(keep))).rejects.toMatchObject({
      code: "chat_unavailable",
    });
    gate.heal();
  });

  it("says nothing about what a workspace's plan hides", async () => {
    const cellar = channel("cellar");
    const ts = world.write(cellar.channelId, "the newest");
    gate.play({
      path: "/api/conversations.history",
      body: JSON.stringify({
        ok: true,
        messages: [{ ts, text: "the newest", user: "U0ANN" }],
        is_limited: true,
      }),
    });
    const [page] = await Array.fromAsync(channels.history(cellar));
    expect(page?.after).toBe(page?.messages[0]?.position);
  });
});
