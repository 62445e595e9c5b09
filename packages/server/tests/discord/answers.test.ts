import { MessageFlags } from "discord-api-types/v10";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineCommand, defineModule, forAsker, plainText, progress, type Chunk } from "@guildhall/sdk";
import { sampleModule } from "../support/sample-module.ts";
import { stores, type TestDatabase } from "../support/stores.ts";
import { serveDiscord, type DiscordHall, type DiscordHallOptions } from "./serve-discord.ts";
import { VirtualTime } from "./virtual-time.ts";

/** A command whose output a test gives, chunk by chunk. */
class Tap {
  readonly #waiting: (Chunk | "end")[] = [];
  #wake: () => void = () => undefined;

  give(...chunks: (Chunk | "end")[]): void {
    this.#waiting.push(...chunks);
    this.#wake();
  }

  readonly module = defineModule({
    name: "tap",
    summary: "Output on demand",
    initialize: () => ({
      commands: [
        defineCommand({
          name: "tap",
          summary: "Put out what the test gives",
          timeLimitSeconds: 3600,
          run: (_values, { signal }) => this.#run(signal),
        }),
      ],
    }),
  });

  async *#run(signal: AbortSignal): AsyncGenerator<Chunk> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === "end") return;
      if (next) {
        yield next;
        continue;
      }
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
  }
}

const [store] = stores();
if (!store) throw new Error("there is no store to test on");
const createDatabase = async () => await store.createDatabase();

describe("an answer in Discord", () => {
  let time: VirtualTime;
  let tap: Tap;
  let database: TestDatabase;
  let hall: DiscordHall;

  async function open(options: Partial<DiscordHallOptions> = {}): Promise<void> {
    database = await createDatabase();
    hall = await serveDiscord({ url: database.url, time, modules: [sampleModule, tap.module], ...options });
  }

  beforeEach(() => {
    time = new VirtualTime();
    tap = new Tap();
  });
  afterEach(async () => {
    await hall.stop();
    await database.drop();
  });

  /** Lets time pass until Discord shows what is expected. */
  const until = async (shown: () => unknown, expected: unknown, step = 200) => {
    await expect
      .poll(
        async () => {
          await time.advance(step);
          return shown();
        },
        { timeout: 15_000, interval: 5 },
      )
      .toEqual(expected);
  };
  const held = () => hall.discord.world.messages(hall.channelId);
  const isAnswered = async () => {
    const [row] = await hall.hall.database.queries
      .selectFrom("chat.requests")
      .select("answered_at")
      .execute();
    return row?.answered_at instanceof Date;
  };
  const ask = async (line: string, who = "ann") => {
    // Time passes while the endpoint waits for the first output.
    const sent = hall.discord.interactions.command(hall.actor(who), "hall", { line });
    let isBack = false;
    void sent.then(() => (isBack = true));
    await expect
      .poll(
        async () => {
          await time.advance(100);
          return isBack;
        },
        { timeout: 10_000, interval: 5 },
      )
      .toBe(true);
    return await sent;
  };

  it("goes with the acknowledgement when it is ready at once", async () => {
    await open();
    // Time stands still, so nothing is deferred.
    const sent = await hall.discord.interactions.command(hall.actor("ann"), "hall", { line: "echo hello" });
    expect(sent.response).toMatchObject({ type: 4, data: { content: "hello" } });
    expect(hall.discord.requests.filter(({ path }) => path.startsWith("/webhooks"))).toEqual([]);
  });

  it("is deferred, edited and followed up, and progress stays one line", async () => {
    await open();
    const sent = await ask("tap");
    expect(sent.response).toEqual({ type: 5 });
    tap.give(progress({ done: 1, total: 4, label: "Work" }));
    await until(() => hall.texts(), [expect.stringMatching(/Work 1 of 4/)]);
    tap.give(progress({ done: 3, total: 4, label: "Work" }));
    await until(() => hall.texts(), [expect.stringMatching(/^-# Work 3 of 4/)]);
    tap.give(plainText("x".repeat(1960)), plainText("second message"));
    await until(() => hall.texts().length, 2);
    expect(held()[0]?.message.components).toEqual([]);
    expect(held()[1]?.message.components).toMatchObject([{ components: [{ label: "Cancel" }] }]);
    tap.give("end");
    await until(() => held()[1]?.message.components, []);
    expect(hall.texts()[0]).toMatch(/^-# Work 3 of 4.*\nx+$/s);
    expect(hall.texts()[1]).toBe("second message");
  });

  it("is edited about once a second, however fast the output comes", async () => {
    await open();
    await ask("tap");
    const start = time.now().getTime();
    for (let n = 1; n <= 200; n += 1) {
      tap.give(plainText(`line ${n}`));
      await time.advance(50);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    tap.give("end");
    await until(
      () =>
        hall
          .texts()
          .join("\n")
          .match(/line \d+/g)?.length,
      200,
    );
    const seconds = (time.now().getTime() - start) / 1000;
    const edits = hall.discord.requests.filter(({ path }) => path.startsWith("/webhooks")).length;
    expect(edits).toBeGreaterThan(1);
    expect(edits).toBeLessThanOrEqual(seconds + 3);
  });

  it("says that it works, with a button that cancels, when nothing comes for five seconds", async () => {
    await open();
    await ask("tap");
    await until(() => hall.texts(), ["-# Working on it..."], 500);
    const [message] = held();
    const customId = JSON.stringify(message?.message.components).match(/c:[0-9a-f-]{36}/)?.[0] ?? "";
    expect(
      await hall.discord.interactions.press(hall.actor("bob"), message?.message ?? never(), customId),
    ).toMatchObject({
      response: { type: 4, data: { flags: MessageFlags.Ephemeral } },
    });
    await hall.discord.interactions.press(hall.actor("ann"), message?.message ?? never(), customId);
    await until(() => hall.texts()[0], "-# Cancelled.");
  });

  it("goes on in the channel before the token ends, and what is for the asker as a direct message", async () => {
    await open();
    const { interaction } = await ask("tap");
    tap.give(plainText("by the token"));
    await until(() => hall.texts(), ["by the token"]);
    await time.advance(14 * 60_000);
    tap.give(plainText("by the bot"), forAsker(plainText("in private")), plainText("by the bot again"));
    await until(() => hall.texts(), ["by the token", "by the bot", "by the bot again"]);
    tap.give("end");
    await until(() => held().at(-1)?.message.components, []);
    const direct = hall.actor("ann", { direct: true });
    expect(hall.discord.world.messages(direct.channelId).map(({ message }) => message.content)).toEqual([
      "in private",
    ]);
    const late = time.now().getTime() - interaction.sentAt;
    expect(late).toBeGreaterThan(14 * 60_000);
    expect(hall.discord.requests.filter(({ status }) => status === 401)).toEqual([]);
  });

  it("says where the rest is kept when there is no bot to go on", async () => {
    await open({ settings: { token: undefined } });
    await ask("tap");
    tap.give(plainText("in time"));
    await until(() => hall.texts(), ["in time"]);
    await until(
      () => hall.texts(),
      [expect.stringMatching(/in time\n-# Discord takes answers for 15 minutes only/)],
      60_000,
    );
    tap.give(plainText("too late"), "end");
    await until(isAnswered, true);
    expect(hall.texts().join()).not.toContain("too late");
  });

  it("hides from everybody what is for the asker alone, also behind a deferral that all have seen", async () => {
    await open();
    const sent = await ask("tap");
    expect(sent.response).toEqual({ type: 5 });
    tap.give(forAsker(plainText("a secret")), plainText("for all"), "end");
    await until(() => hall.texts().length, 3);
    const isHidden = held().map(({ message }) => [message.content, ((message.flags ?? 0) & 64) !== 0]);
    expect(isHidden).toEqual([
      ["-# The answer is for the person who asked.", false],
      ["a secret", true],
      ["for all", false],
    ]);
  });

  it("is tried again while Discord is away, and loses nothing", async () => {
    await open();
    await ask("tap");
    hall.discord.fail({ path: /webhooks/, how: { status: 503 }, times: 6 });
    tap.give(plainText("after the storm"), "end");
    await until(() => hall.texts(), ["after the storm"], 1000);
  });

  it("is tried again when the connection is cut half way", async () => {
    await open();
    await ask("tap");
    hall.discord.fail({ path: /webhooks/, how: "cut", times: 4 });
    tap.give(plainText("whole"), "end");
    await until(() => hall.texts(), ["whole"], 1000);
  });

  it("waits as a 429 tells it", async () => {
    await open();
    await ask("tap");
    hall.discord.fail({ path: /webhooks/, how: { status: 429, retryAfter: 0.3 } });
    tap.give(plainText("patience"), "end");
    await until(() => hall.texts(), ["patience"], 1000);
  });

  it("goes on in the channel when the token has ended before its time", async () => {
    await open();
    await ask("tap");
    await time.advance(6000);
    hall.discord.fail({ path: /webhooks/, how: { status: 404 }, times: 2 });
    tap.give(plainText("still here"), "end");
    await until(() => hall.texts().at(-1), "still here", 1000);
  });

  const kept = async () => {
    const chunks = await hall.hall.database.queries
      .selectFrom("actions.action_response_chunks")
      .select("text_content")
      .execute();
    return chunks.map(({ text_content }) => text_content);
  };

  it("is given up, and kept in the hall, when the channel is gone", async () => {
    await open();
    await ask("tap");
    await time.advance(6000);
    hall.discord.world.deleteChannel(hall.channelId);
    tap.give(plainText("to nobody"), "end");
    await until(isAnswered, true, 1000);
    expect(await kept()).toEqual(["to nobody"]);
  });

  it("is given up, and kept in the hall, when the bot's token is of no use any more", async () => {
    await open();
    await ask("tap");
    await time.advance(14 * 60_000);
    hall.discord.fail({ path: /^\/channels/, how: { status: 401 }, times: 100 });
    tap.give(plainText("to nobody"), "end");
    await until(isAnswered, true, 1000);
    expect(await kept()).toEqual(["to nobody"]);
    expect(hall.texts().join()).not.toContain("to nobody");
  });
});

function never(): never {
  throw new Error("there is no such message");
}
