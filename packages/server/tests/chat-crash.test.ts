import { DiscordTestServer, SlackSender, SlackSigner, testUser } from "@guildhall/chat-test-servers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { openSlackWorld, SIGNING_SECRET, type SlackWorld } from "./adapters/slack/slack-hall.ts";
import { eventually, runFixture, type RunningFixture } from "./fixtures/run-fixture.ts";
import { withClient } from "./support/databases.ts";
import { stores, type TestDatabase } from "./support/stores.ts";

const GUILD = "900000000000000001";
const Told = z.object({ origin: z.url() });
const Row = z.object({
  id: z.string(),
  state: z.string(),
  error: z.object({ code: z.string() }).nullable(),
  last_order: z.number(),
  answered: z.boolean(),
});
/** Servers look for what another left every five seconds, first its actions and then its answers. */
const PATIENCE = { timeout: 90_000, interval: 100 };

/** A platform as this test needs it. */
interface Platform {
  readonly name: string;
  send(origin: string, line: string): Promise<unknown>;
  /** All that stands in the channel. */
  shown(): Promise<string>;
}

interface Server {
  readonly fixture: RunningFixture;
  readonly origin: string;
}

const chunksIn = (text: string) => new Set(text.match(/chunk \d+/g));

describe.each(stores().slice(0, 1))(
  "a server killed in the middle of an answer, on the $name store",
  (store) => {
    let database: TestDatabase;
    let slack: SlackWorld;
    let discord: DiscordTestServer;
    let channelId = "";
    let fixtures: RunningFixture[] = [];

    beforeEach(async () => {
      database = await store.createDatabase();
      slack = await openSlackWorld("http://127.0.0.1:1/slack/oauth");
      discord = await DiscordTestServer.start({
        limit: { requests: 1000, milliseconds: 1000 },
        // A slow machine is no fault here.
        answerMilliseconds: 30_000,
      });
      channelId = discord.world.addChannel({ guildId: GUILD, name: "table" });
    });
    afterEach(async () => {
      for (const fixture of fixtures) fixture.kill("SIGKILL");
      await Promise.all(fixtures.map(({ ended }) => ended));
      fixtures = [];
      await Promise.all([slack.stop(), discord.stop()]);
      await database.drop();
    });

    const serve = async (): Promise<Server> => {
      const slackSettings = {
        signingSecret: SIGNING_SECRET,
        botTokens: [`${slack.teamId}=xoxp-setup`],
        apiUrl: slack.gate.apiUrl,
      };
      const discordSettings = {
        publicKey: discord.signer.publicKey,
        applicationId: discord.world.applicationId,
        token: discord.token,
        apiUrl: discord.apiUrl,
      };
      const fixture = runFixture({
        script: "chat-server.ts",
        args: [database.url, JSON.stringify(slackSettings), JSON.stringify(discordSettings)],
      });
      fixtures.push(fixture);
      const told = await eventually(() => fixture.said[0], `a server is up ${fixture.errors()}`);
      return { fixture, origin: Told.parse(told).origin };
    };
    const kill = async ({ fixture }: Server) => {
      fixture.kill("SIGKILL");
      await fixture.ended;
    };
    const actions = async () =>
      await withClient(database.url, async (client) => {
        const { rows } = await client.query(
          "select a.id, a.state, a.error, a.last_order, q.answered_at is not null as answered from actions.actions a join chat.requests q on q.action_id = a.id",
        );
        return z.array(Row).parse(rows);
      });

    const platforms: Record<string, () => Platform> = {
      Slack: () => ({
        name: "Slack",
        send: async (origin, text) => {
          const sender = new SlackSender({ signer: new SlackSigner(SIGNING_SECRET), origin });
          const responseUrl = slack.gate.newResponseUrl();
          const actor = {
            teamId: slack.teamId,
            userId: slack.users.get("ann") ?? "",
            userName: "ann",
            channelId: slack.channels.get("general") ?? "",
            channelName: "general",
          };
          return await sender.slashCommand(actor, { command: "/hall", text, responseUrl });
        },
        shown: async () => {
          const channel = slack.channels.get("general");
          const { messages } = await slack.call("conversations.history", { channel, limit: 100 });
          return JSON.stringify([slack.gate.responses, messages]);
        },
      }),
      Discord: () => ({
        name: "Discord",
        send: async (origin, line) => {
          discord.interactions.connect(`${origin}/discord/interactions`);
          const user = testUser({ id: "700000000000000001", username: "ann" });
          return await discord.interactions.command({ user, channelId, guildId: GUILD }, "hall", { line });
        },
        shown: async () => JSON.stringify(discord.world.messages(channelId).map(({ message }) => message)),
      }),
    };

    it.each(["Slack", "Discord"])(
      "is followed in %s by another server, which says what nobody can know",
      { timeout: 180_000 },
      async (name) => {
        const platform = platforms[name]?.();
        if (!platform) throw new Error(`there is no ${name}`);
        const [first] = await Promise.all([serve(), serve()]);
        await platform.send(first.origin, "stream 2000 --ms 50");
        await expect.poll(async () => chunksIn(await platform.shown()).size, PATIENCE).toBeGreaterThan(20);
        await kill(first);
        await expect
          .poll(actions, PATIENCE)
          .toMatchObject([{ state: "failed", error: { code: "outcome_unknown" }, answered: true }]);
        const [action] = await actions();
        const shown = await platform.shown();
        expect(shown).toContain("nobody can say how far it came");
        // The notice is the last chunk; all others stand there, and nothing that was not kept.
        const stored = Array.from(
          { length: (action?.last_order ?? 0) - 1 },
          (_, index) => `chunk ${index + 1}`,
        );
        expect(chunksIn(shown)).toEqual(new Set(stored));
      },
    );

    it.each(["Slack", "Discord"])(
      "goes on in %s after the next start, for a command that may be run again",
      { timeout: 180_000 },
      async (name) => {
        const platform = platforms[name]?.();
        if (!platform) throw new Error(`there is no ${name}`);
        const first = await serve();
        await platform.send(first.origin, "again 100 --ms 50");
        await expect.poll(async () => chunksIn(await platform.shown()).size, PATIENCE).toBeGreaterThan(20);
        await kill(first);
        await serve();
        await expect
          .poll(actions, PATIENCE)
          .toMatchObject([{ state: "completed", error: null, answered: true }]);
        const all = Array.from({ length: 100 }, (_, index) => `chunk ${index + 1}`);
        expect(chunksIn(await platform.shown())).toEqual(new Set(all));
      },
    );
  },
);
