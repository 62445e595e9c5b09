import { ApplicationCommandOptionType, InteractionResponseType, MessageFlags } from "discord-api-types/v10";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { dice } from "@guildhall/dice";
import { reactingModule, sampleModule } from "../support/sample-module.ts";
import { stores, type TestDatabase } from "../support/stores.ts";
import { GUILD, serveDiscord, type DiscordHall } from "./serve-discord.ts";

const Refusal = z.object({ code: z.string() });
const codeOf = async (answer: Response) => Refusal.parse(await answer.json()).code;

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe("Discord's interactions", () => {
  let database: TestDatabase;
  let hall: DiscordHall;
  beforeAll(async () => {
    database = await store.createDatabase();
    hall = await serveDiscord({
      url: database.url,
      modules: [sampleModule, reactingModule, dice],
      settings: { administratorGuildIds: [GUILD] },
      // A crowd on a slow machine: whether each is answered counts here, not how fast.
      answerMilliseconds: 20_000,
    });
  });
  afterAll(async () => {
    await hall.stop();
    await database.drop();
  });

  const sender = () => hall.discord.interactions;
  const ann = () => hall.actor("ann");
  const count = async () =>
    Number(
      (
        await hall.hall.database.queries
          .selectFrom("actions.actions")
          .select((each) => each.fn.countAll().as("count"))
          .executeTakeFirstOrThrow()
      ).count,
    );

  it("answers the ping by which Discord tries the endpoint", async () => {
    expect(await sender().ping()).toMatchObject({ status: 200, response: { type: 1 } });
  });

  it("refuses what Discord did not sign, and what is stale, from the future, or too large", async () => {
    const body = JSON.stringify({ type: 1 });
    const sign = (at: Date) => hall.discord.signer.sign(body, at);
    const before = await count();
    const refused = async (headers: Record<string, string>) => {
      const answer = await sender().post(body, headers);
      return [answer.status, await codeOf(answer)];
    };
    const signed = { ...sign(new Date()) };
    expect(await refused({})).toEqual([401, "signature_invalid"]);
    expect(await refused({ ...signed, "x-signature-ed25519": "0".repeat(128) })).toEqual([
      401,
      "signature_invalid",
    ]);
    expect(await refused({ ...sign(new Date(Date.now() - 301_000)) })).toEqual([401, "signature_invalid"]);
    expect(await refused({ ...sign(new Date(Date.now() + 302_000)) })).toEqual([401, "signature_invalid"]);
    const large = await sender().post(JSON.stringify({ type: 1, padding: "x".repeat(1024 * 1024) }));
    expect(large.status).toBe(413);
    const odd = await sender().post("not json");
    expect([odd.status, await codeOf(odd)]).toEqual([400, "body_invalid"]);
    const unknown = await sender().post(JSON.stringify({ type: 77 }));
    expect([unknown.status, await codeOf(unknown)]).toEqual([400, "body_invalid"]);
    expect(await count()).toBe(before);
  });

  it("runs a command with typed options, as the person whom Discord names", async () => {
    const sent = await sender().command(ann(), "stream", { count: 2, ms: 0 });
    expect(sent.status).toBe(200);
    await expect.poll(() => hall.texts().at(-1)).toBe("chunk 1\nchunk 2");
    const action = await hall.hall.database.queries
      .selectFrom("actions.actions")
      .innerJoin("people.identities", "people.identities.user_id", "actions.actions.user_id")
      .select(["handler_name", "raw_text", "adapter", "external_id"])
      .orderBy("actions.actions.id", "desc")
      .executeTakeFirstOrThrow();
    expect(action).toEqual({
      handler_name: "stream",
      raw_text: "stream 2 --ms=0",
      adapter: "discord",
      external_id: ann().user.id,
    });
  });

  it("runs sub-commands, also one without options", async () => {
    const sent = await sender().command(ann(), "discord", { invite: {} });
    expect(sent.response).toMatchObject({
      type: 4,
      data: { content: expect.stringContaining("permissions=2147559488") },
    });
    const least = await sender().command(ann(), "discord", { invite: { env: "production", least: true } });
    expect(least.response).toMatchObject({ data: { content: expect.stringContaining("permissions=35904") } });
  });

  it("answers mistakes and help to the asker alone, and records nothing", async () => {
    const before = await count();
    const wrong = await sender().command(ann(), "stream", { count: 100_001 });
    expect(wrong.response).toMatchObject({
      type: 4,
      data: { flags: MessageFlags.Ephemeral, embeds: [{ color: 0xff0000 }], allowed_mentions: { parse: [] } },
    });
    const help = await sender().command(ann(), "hall", { line: "stream -h" });
    expect(help.response).toMatchObject({
      type: 4,
      data: { flags: MessageFlags.Ephemeral, embeds: [{ color: 0x00ffde, title: "/stream" }] },
    });
    const gone = await sender().command(ann(), "no-such-command");
    expect(gone.response).toMatchObject({ type: 4, data: { flags: MessageFlags.Ephemeral } });
    expect(await count()).toBe(before);
  });

  it("suggests ways to go on with a line", async () => {
    const suggest = async (name: string, value: string) => {
      const { response } = await sender().autocomplete(ann(), name, [
        { name: "line", type: ApplicationCommandOptionType.String, value, focused: true },
      ]);
      return response?.type === InteractionResponseType.ApplicationCommandAutocompleteResult
        ? (response.data.choices ?? []).map((choice) => choice.value)
        : undefined;
    };
    expect(await suggest("hall", "str")).toEqual(["stream"]);
    expect(await suggest("hall", "discord ")).toEqual(["discord invite", "discord register"]);
    expect(await suggest("hall", "discord invite --env=st")).toEqual(["discord invite --env=staging"]);
    expect(await suggest("hall", "nothing like that")).toEqual([]);
  });

  it("asks by a form for what a line lacks, and runs the line with what was filled in", async () => {
    const { response } = await sender().command(ann(), "hall", { line: "stream" });
    if (response?.type !== InteractionResponseType.Modal)
      throw new Error(`it answered ${JSON.stringify(response)}`);
    expect(response.data).toMatchObject({
      custom_id: "f:stream",
      title: "/stream",
      components: [{ label: "count", component: { custom_id: "count", required: true } }],
    });
    const sent = await sender().submitModal(ann(), response.data.custom_id, { count: "3" });
    expect(sent.status).toBe(200);
    await expect.poll(() => hall.texts().at(-1)).toBe("chunk 1\nchunk 2\nchunk 3");
    const wrong = await sender().submitModal(ann(), response.data.custom_id, { count: "many" });
    expect(wrong.response).toMatchObject({ type: 4, data: { embeds: [{ color: 0xff0000 }] } });
    const foreign = await sender().submitModal(ann(), "of another program", { count: "3" });
    expect(foreign.response).toMatchObject({ type: 4, data: { flags: MessageFlags.Ephemeral } });
  });

  it("asks by a form what a line asks, and runs it with the answers", async () => {
    const { response } = await sender().command(ann(), "hall", { line: "toast well met" });
    if (response?.type !== InteractionResponseType.Modal)
      throw new Error(`it answered ${JSON.stringify(response)}`);
    expect(response.data.components).toMatchObject([
      { label: "To whom", component: { custom_id: "0", required: false, value: "all" } },
      {
        label: "With what",
        description: "One of mead, water",
        component: { custom_id: "1", required: true },
      },
    ]);
    await sender().submitModal(ann(), response.data.custom_id, { 0: "Grace", 1: "water" });
    await expect.poll(() => hall.texts().at(-1)).toBe("Grace, water: well met");
  });

  it("lets the administrators of the named guilds run administrators' commands, and nobody else", async () => {
    const run = async (permissions: string) => {
      const actor = ann();
      const sent = await sender().command({ ...actor, permissions }, "admin-only");
      return JSON.stringify(sent.response);
    };
    expect(await run("0")).toContain("Only administrators");
    expect(await run("8")).toContain("you may");
    const direct = await sender().command(hall.actor("ann", { direct: true }), "admin-only");
    expect(JSON.stringify(direct.response)).toContain("Only administrators");
  });

  it("tells a command its place, and keeps a channel's commands in the channel's thread", async () => {
    const sent = await sender().command(ann(), "where");
    await expect.poll(() => hall.texts().at(-1)).toContain('"isPrivate": false');
    expect(sent.status).toBe(200);
    const direct = hall.actor("bob", { direct: true });
    await sender().command(direct, "where");
    await expect
      .poll(() => hall.discord.world.messages(direct.channelId).at(-1)?.message.content)
      .toContain('"isPrivate": true');
    const threads = await hall.hall.database.queries.selectFrom("threads.threads").select("title").execute();
    expect(threads.map(({ title }) => title)).toContain("#table");
  });

  it("takes 500 commands in a second from one guild, answers each, and another guild as if nothing were", async () => {
    const before = await count();
    const calm = hall.discord.world.addChannel({ guildId: "900000000000000002", name: "calm" });
    const storm = Array.from({ length: 500 }, (_, n) =>
      sender().command(hall.actor(`crowd-${n % 50}`), "echo", { words: `n${n}` }),
    );
    const { user } = hall.actor("calm");
    const place = { user, channelId: calm, guildId: "900000000000000002" };
    expect((await sender().command(place, "echo", { words: "calm" })).status).toBe(200);
    const inCalm = () => hall.discord.world.messages(calm).map(({ message }) => message.content);
    await expect.poll(inCalm, { timeout: 40_000 }).toEqual(["calm"]);
    const sent = await Promise.all(storm);
    expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
    // Who had a deferral because the store was slow is recorded after it.
    await expect.poll(count, { timeout: 40_000 }).toBe(before + 501);
    const shown = () => new Set(hall.texts().filter((text) => /^n\d+$/.test(text))).size;
    await expect.poll(shown, { timeout: 40_000 }).toBe(500);
  }, 120_000);
});

describe("without its settings", () => {
  it.each([
    ["GUILDHALL_DISCORD__PUBLIC_KEY", { publicKey: undefined }],
    ["GUILDHALL_DISCORD__APPLICATION_ID", { applicationId: undefined }],
  ])("the endpoint answers 503 with a code and says what to set: %s", async (variable, settings) => {
    const database = await store.createDatabase();
    const hall = await serveDiscord({ url: database.url, settings, connect: false });
    try {
      const answer = await hall.discord.interactions.post(JSON.stringify({ type: 1 }));
      expect([answer.status, await answer.json()]).toEqual([
        503,
        expect.objectContaining({ code: "adapter_off", detail: expect.stringContaining(variable) }),
      ]);
    } finally {
      await hall.stop();
      await database.drop();
    }
  });
});
