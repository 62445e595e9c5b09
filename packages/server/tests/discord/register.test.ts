import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stores, type TestDatabase } from "../support/stores.ts";
import type { Principal } from "../../src/hall/people.ts";
import { GUILD, serveDiscord, type DiscordHall } from "./serve-discord.ts";

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe("discord register", () => {
  let database: TestDatabase;
  let hall: DiscordHall;
  let admin: Principal;
  beforeAll(async () => {
    database = await store.createDatabase();
    hall = await serveDiscord({ url: database.url });
    admin = await hall.createPerson("admin@example.org", { admin: true });
  });
  afterAll(async () => {
    await hall.stop();
    await database.drop();
  });

  const register = async (flags = "") => {
    const action = await hall.finish(admin, `discord register ${flags}`);
    const words = action.response_chunks.map(({ text_content: text }) => text ?? "").join("\n");
    return { words, state: action.state, error: action.error };
  };
  const names = (guildId?: string) => hall.discord.world.commands(guildId).map(({ name }) => name);
  const puts = () => hall.discord.requests.filter(({ method }) => method === "PUT").length;

  it("shows what it would do on a dry run, and does nothing", async () => {
    const { words } = await register("--dry-run");
    expect(words).toContain("+ hall");
    expect(words).toContain("dry run");
    expect(words).not.toContain("Registered");
    expect(names()).toEqual([]);
  });

  it("writes all commands in one request and prints the promised line (S001-5), and next time writes nothing", async () => {
    const first = await register();
    expect(first.words.split("\n").at(-1)).toBe("[#] Registered all slash commands.");
    expect(names()).toEqual(expect.arrayContaining(["hall", "echo", "stream", "discord", "link"]));
    expect(puts()).toBe(1);
    const again = await register();
    expect(again.words).toContain("Nothing differs");
    expect(again.words.split("\n").at(-1)).toBe("[#] Registered all slash commands.");
    expect(puts()).toBe(1);
  });

  it("registers for one guild, keeps what it does not know, and prunes when told", async () => {
    hall.discord.world.replaceCommands([{ name: "foreign", description: "of another program" }], GUILD);
    const { words } = await register(`--guild ${GUILD}`);
    expect(words).toContain("foreign (not a command of this hall; kept)");
    expect(names(GUILD)).toContain("foreign");
    await register(`--guild ${GUILD} --prune`);
    expect(names(GUILD)).not.toContain("foreign");
    expect(await register("--guild mine")).toMatchObject({ state: "failed" });
  });

  it("says in a sentence why Discord would not", async () => {
    hall.discord.fail({ path: /commands/, how: { status: 401 }, times: 3 });
    expect((await register()).error).toMatchObject({
      code: "discord_unauthorized",
      message: expect.stringContaining("GUILDHALL_DISCORD__TOKEN"),
    });
  });

  it("is for administrators", async () => {
    const member = await hall.createPerson("member@example.org");
    await expect(hall.submit(member, "discord register")).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  it("says what to set when Discord is not set up", async () => {
    const other = await serveDiscord({
      url: database.url,
      settings: { token: undefined, stagingApplicationId: "505120997658329109" },
      connect: false,
    });
    const boss = await other.createPerson("boss@example.org", { admin: true });
    const action = await other.finish(boss, "discord register");
    expect(action.error).toMatchObject({ code: "discord_not_configured" });
    const staging = await other.finish(boss, "discord invite --env staging");
    expect(staging.response_chunks[0]?.text_content).toBe(
      "https://discord.com/api/oauth2/authorize?client_id=505120997658329109&permissions=2147493952&scope=bot%20applications.commands",
    );
    const development = await other.finish(boss, "discord invite --env development");
    expect(development.error?.message).toContain("GUILDHALL_DISCORD__DEVELOPMENT_APPLICATION_ID");
    await other.stop();
  });
});
