import { characters } from "@guildhall/characters";
import { initiative } from "@guildhall/initiative";
import { ComponentType, type APIMessage } from "discord-api-types/v10";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { GUILD, serveDiscord, type DiscordHall } from "../discord/serve-discord.ts";
import { stores, type TestDatabase } from "../support/stores.ts";
import { install, openSlackHall, type SlackHall } from "./slack/slack-hall.ts";

const modules = [characters, initiative];
const [store] = stores();
if (!store) throw new Error("there is no store to test on");

const PressButton = z.looseObject({ action_id: z.string(), value: z.string() });
const Post = z.looseObject({
  blocks: z.array(z.looseObject({ elements: z.array(z.unknown()).default([]) })),
});

/** The custom ids of a message's buttons, in their order. */
function customIds({ components = [] }: APIMessage): string[] {
  return components.flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((button) => ("custom_id" in button ? [button.custom_id] : []))
      : [],
  );
}

describe("the tracker whose button was pressed (F-13)", () => {
  let database: TestDatabase;
  let discord: DiscordHall;
  let slack: SlackHall;
  beforeAll(async () => {
    database = await store.createDatabase();
    discord = await serveDiscord({ url: database.url, modules, answerMilliseconds: 20_000 });
    slack = await openSlackHall({ databaseUrl: database.url, modules });
    await install(slack);
  });
  afterAll(async () => {
    await slack.stop();
    await discord.stop();
    await database.drop();
  });

  const inDiscord = () => {
    const channelId = discord.discord.world.addChannel({ guildId: GUILD, name: "initiative" });
    const actor = (who: string) => ({ ...discord.actor(who), channelId, guildId: GUILD });
    const messages = () => discord.discord.world.messages(channelId).map(({ message }) => message);
    const say = (line: string) => discord.discord.interactions.command(actor("ann"), "hall", { line });
    /** What stands there once a tracker that shows this does. */
    const standing = async (shown: string) => {
      await expect.poll(() => messages().at(-1)?.content, { timeout: 10_000 }).toContain(shown);
      return messages().map(({ content }) => content);
    };
    const press = async (message: APIMessage | undefined, index: number) => {
      const id = message && customIds(message)[index];
      if (!message || id === undefined) throw new Error("there is no such button");
      return await discord.discord.interactions.press(actor("bob"), message, id);
    };
    return { messages, say, standing, press };
  };

  it("goes from Discord when the next one is there, and what was typed leaves the others", async () => {
    const { messages, say, standing, press } = inDiscord();
    await say("init join Ann 30");
    await standing("Ann: 30");
    await say("init join Bob 20");
    expect(await standing("Bob: 20")).toHaveLength(2);
    const old = messages().at(-1);
    await press(old, 1);
    await expect.poll(() => messages().map(({ id }) => id)).not.toContain(old?.id);
    const [first, last, ...more] = await standing("**Bob: 20**");
    expect([first, more]).toEqual([expect.stringContaining("Ann: 30"), []]);
    expect(last).toContain("\u2192");
    // Somebody's client still shows the message: the press is answered, and there is nothing to take away.
    expect((await press(old, 1)).status).toBe(200);
    expect(await standing("That turn had ended already.")).toHaveLength(3);
  });

  it("goes from Slack, by the press's response URL, and not when the press is refused", async () => {
    const { gate } = slack.world;
    const from = (url: string) => gate.postsTo(url);
    const typed = gate.newResponseUrl();
    await slack.sender.slashCommand(slack.actor("ann"), {
      command: "/hall",
      text: "init join Ann 30",
      responseUrl: typed,
    });
    await expect.poll(() => from(typed).length, { timeout: 10_000 }).toBe(1);
    const buttons = Post.parse(from(typed)[0]).blocks.flatMap(({ elements }) =>
      elements.flatMap((element) => PressButton.safeParse(element).data ?? []),
    );
    const next = buttons.at(-1);
    if (!next) throw new Error("the tracker has no buttons");
    const pressed = gate.newResponseUrl();
    await slack.sender.press(slack.actor("bob"), {
      actionId: next.action_id,
      value: next.value,
      responseUrl: pressed,
    });
    await expect.poll(() => from(pressed).length, { timeout: 10_000 }).toBe(2);
    expect(from(pressed).filter((body) => body["delete_original"] === true)).toEqual([
      { delete_original: true },
    ]);
    expect(from(pressed).some((body) => JSON.stringify(body).includes("Round: 2"))).toBe(true);
    const refused = gate.newResponseUrl();
    await slack.sender.press(slack.actor("bob"), {
      actionId: next.action_id,
      value: `${next.value}9`,
      responseUrl: refused,
    });
    await expect.poll(() => from(refused).length).toBe(1);
    expect(from(refused)).toMatchObject([{ response_type: "ephemeral" }]);
  });
});
