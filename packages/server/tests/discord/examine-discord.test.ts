import { DiscordTestServer } from "@guildhall/chat-test-servers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiscordSettings } from "../../src/adapters/discord/discord-settings.ts";
import { examineDiscord } from "../../src/cli/doctor/examine-discord.ts";

describe("the doctor, about Discord", () => {
  let discord: DiscordTestServer;
  beforeEach(async () => {
    discord = await DiscordTestServer.start();
  });
  afterEach(() => discord.stop());

  const examine = async (given: Record<string, string>) =>
    await examineDiscord(DiscordSettings.parse({ apiUrl: discord.apiUrl, ...given }));

  it("says what is not set, and that this is no fault", async () => {
    expect(await examine({})).toEqual({
      check: "discord",
      status: "ok",
      detail: "Discord is off: set GUILDHALL_DISCORD__APPLICATION_ID.",
    });
    expect(await examine({ applicationId: "505120997658329108" })).toMatchObject({
      detail: expect.stringContaining("GUILDHALL_DISCORD__PUBLIC_KEY"),
    });
  });

  it("tries the bot's token", async () => {
    const applicationId = discord.world.applicationId;
    const publicKey = discord.signer.publicKey;
    expect(await examine({ applicationId, publicKey, token: discord.token })).toMatchObject({ status: "ok" });
    expect(await examine({ applicationId, publicKey, token: "wrong" })).toMatchObject({ status: "error" });
    expect(await examine({ applicationId, publicKey })).toMatchObject({ status: "warning" });
    discord.fail({ path: /users/, how: "cut", times: 10 });
    expect(await examine({ applicationId, token: discord.token })).toMatchObject({ status: "warning" });
  });
});
