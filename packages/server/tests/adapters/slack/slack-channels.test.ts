import { plainText } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { stores } from "../../support/stores.ts";
import { useSlackHall } from "./slack-hall.ts";

describe.each(stores().slice(0, 1))("Slack's channels on the $name store", (store) => {
  const hall = useSlackHall(store);

  const channels = () => hall().hall.chat.channels;
  const named = async (name: string) => {
    const all = await channels().match({ adapter: "slack", pattern: /^/ });
    const found = all.find((channel) => channel.name === name);
    if (!found) throw new Error(`there is no channel ${name}`);
    return found;
  };
  const everything = async (name: string) =>
    (await Array.fromAsync(channels().history(await named(name)))).flatMap(({ messages }) => messages);

  it("are found by a pattern, over all pages (requirements M-6)", async () => {
    const page = (ids: readonly string[], next_cursor: string) =>
      JSON.stringify({
        ok: true,
        channels: ids.map((id) => ({ id, name: `ic_${id}` })),
        response_metadata: { next_cursor },
      });
    hall().world.gate.play({ path: "/api/conversations.list", body: page(["b", "c"], "page2") });
    hall().world.gate.play({ path: "/api/conversations.list", body: page(["a"], "") });
    const found = await channels().match({ pattern: /^ic_[ab]$/ });
    expect(found.map(({ name }) => name)).toEqual(["ic_a", "ic_b"]);
    expect(
      hall().world.gate.calls.findLast(({ method }) => method === "conversations.list")?.body,
    ).toMatchObject({
      cursor: "page2",
    });
    expect((await channels().match({ pattern: /^ic_/ })).map(({ name }) => name)).toEqual([
      "ic_forest",
      "ic_tavern",
    ]);
  });

  it("are written to, joined first, and call everybody only when told so", async () => {
    const { workspaceId, channelId } = await named("ic_forest");
    const where = { adapter: "slack", workspaceId, channelId };
    hall().world.gate.play({ path: "/api/chat.postMessage", body: '{"ok":false,"error":"not_in_channel"}' });
    await channels().post(where, { chunks: [plainText("Hear <!channel> ye")] });
    await channels().post(where, { chunks: [plainText("Who's up?")], callEveryone: true });
    const [quiet, loud] = (await everything("ic_forest")).slice(-2).map(({ raw }) => JSON.stringify(raw));
    expect(quiet).toContain("&lt;!channel&gt;");
    expect(quiet).not.toContain('"broadcast"');
    expect(loud).toContain("<!channel> Who's up?");
    expect(loud).toContain('"broadcast"');
  });

  it("are read, joined first, and tell who wrote last", async () => {
    const { channelId } = await named("ic_tavern");
    await hall().world.call("conversations.join", { channel: channelId });
    await hall().world.call("chat.postMessage", { channel: channelId, text: "first" });
    await hall().world.call("chat.postMessage", { channel: channelId, text: "second" });
    const texts = (await everything("ic_tavern")).map(({ text }) => text);
    expect(texts.slice(-2)).toEqual(["first", "second"]);
    expect(await channels().lastActivity(await named("ic_tavern"))).toMatchObject({ isOwn: true });
    const raw = JSON.stringify((await everything("ic_tavern"))[0]?.raw);
    expect(raw).not.toContain('"team"');
  });

  it("wait for rate limits, and say in words what does not work", async () => {
    hall().world.gate.play({
      path: "/api/conversations.list",
      status: 429,
      headers: { "retry-after": "1" },
      body: "{}",
    });
    expect((await channels().match({ pattern: /^general$/ })).length).toBe(1);
    const where = { adapter: "slack", workspaceId: hall().world.teamId, channelId: "C0NOWHERE" };
    await expect(channels().post(where, { chunks: [plainText("x")] })).rejects.toMatchObject({
      code: "channel_not_found",
    });
    await expect(
      channels().post({ ...where, workspaceId: "T0NONE" }, { chunks: [plainText("x")] }),
    ).rejects.toMatchObject({
      code: "chat_unavailable",
    });
    await expect(
      channels().post({ ...where, adapter: "carrier-pigeon" }, { chunks: [plainText("x")] }),
    ).rejects.toMatchObject({
      code: "chat_unavailable",
    });
  });
});
