import type { ChatChannel, Chunk, PlatformChannels } from "@guildhall/sdk";
import { reminders } from "@guildhall/reminders";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, openSlackHall, type SlackHall } from "./adapters/slack/slack-hall.ts";
import { begun, chatInput, RecordingConnection } from "./support/recording-connection.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall, TestClock, type TestHall } from "./support/test-hall.ts";

const HOUR = 3_600_000;
const START = new Date("2026-03-02T12:00:00Z");

/** Channels of one workspace, of which a test says who wrote last. */
class PaperChannels implements PlatformChannels {
  readonly last = new Map<string, { at: Date; isOwn: boolean }>();
  readonly posts: { channelId: string; text: string; isLoud: boolean }[] = [];
  readonly #workspaceId: string;
  readonly #names: readonly string[];
  readonly #now: () => Date;
  isAway = false;

  constructor(workspaceId: string, names: readonly string[], now: () => Date) {
    this.#workspaceId = workspaceId;
    this.#names = names;
    this.#now = now;
  }

  async match(query: Parameters<PlatformChannels["match"]>[0]): Promise<ChatChannel[]> {
    if (query.workspaceId !== undefined && query.workspaceId !== this.#workspaceId) return [];
    return this.#names
      .filter((name) => query.pattern.test(name))
      .map((name) => ({
        adapter: "paper",
        workspaceId: this.#workspaceId,
        channelId: `C-${name}`,
        name,
        isPrivate: false,
      }));
  }

  async *history(): ReturnType<PlatformChannels["history"]> {}

  async *answers(): ReturnType<PlatformChannels["answers"]> {}

  async lastActivity({ channelId }: ChatChannel) {
    return this.last.get(channelId);
  }

  async post(
    { channelId }: Pick<ChatChannel, "channelId">,
    { chunks, callEveryone = false }: { readonly chunks: readonly Chunk[]; readonly callEveryone?: boolean },
  ): Promise<void> {
    if (this.isAway) throw new Error("the platform is away");
    const text = chunks.map((chunk) => ("text" in chunk ? chunk.text : "")).join("");
    this.posts.push({ channelId, text, isLoud: callEveryone });
    this.last.set(channelId, { at: this.#now(), isOwn: true });
  }
}

describe.each(stores())("reminders on the $name store", (store) => {
  let database: TestDatabase;
  let clock: TestClock;
  let test: TestHall;
  let paper: RecordingConnection;
  let channels: PaperChannels;
  const open = async () => {
    test = await openTestHall({ url: database.url, modules: [reminders], clock });
    paper = new RecordingConnection();
    Object.assign(paper, { channels });
    test.hall.chat.connect(paper);
  };
  beforeAll(async () => {
    database = await store.createDatabase();
    clock = new TestClock(START);
    channels = new PaperChannels("T1", ["ic_all", "ic_forest", "ooc"], () => clock.now());
    await open();
  });
  afterAll(async () => {
    await test?.stop();
    await database?.drop();
  });

  const pass = (hours: number) => clock.advance(hours * HOUR);
  const write = (name: string, isOwn = false) => channels.last.set(`C-${name}`, { at: clock.now(), isOwn });
  const round = async (service = "reminders") => {
    const begunRun = await test.hall.services.runNow(service);
    if (begunRun.kind !== "begun") throw new Error(begunRun.kind);
    expect(await begunRun.ended).toBe("done");
    return channels.posts.splice(0);
  };
  const say = async (line: string, where: Parameters<typeof chatInput>[1] = {}) => {
    const id = begun(await test.hall.chat.submitLine({ ...chatInput("U-ann", where), line }));
    await expect.poll(() => paper.hasEnded(id), { timeout: 10_000 }).toBe(true);
    return paper.texts(id).join("\n");
  };
  const choose = async (changes: Record<string, string>) => {
    const { user_id } = await test.hall.database.queries
      .selectFrom("people.identities")
      .select("user_id")
      .where("external_id", "=", "U-ann")
      .executeTakeFirstOrThrow();
    await test.hall.userSettings.replace(user_id, "reminders", changes);
  };

  it("M-48: reminds once of the newest activity over all watched channels, then louder, then not again", async () => {
    write("ic_forest");
    pass(20);
    write("ic_all");
    channels.last.set("C-ooc", { at: clock.now(), isOwn: false });
    pass(23);
    expect(await round()).toEqual([]);
    pass(2);
    const [first] = await round();
    expect(first).toMatchObject({ channelId: "C-ic_all", isLoud: true });
    expect(first?.text).toBe("Last message was 25 hours ago. Who's up? Let's play some D&D!");
    for (const hours of [1, 3, 5]) {
      pass(hours);
      expect(await round()).toEqual([]);
    }
    pass(16);
    const [second] = await round();
    expect(second?.text).toContain("Still nobody!");
    for (let day = 0; day < 4; day += 1) {
      pass(24);
      expect(await round()).toEqual([]);
    }
  });

  it("is not moved by what the bot wrote, and begins anew when somebody writes", async () => {
    write("ic_forest");
    expect(await round()).toEqual([]);
    pass(20);
    write("ic_forest", true);
    pass(30);
    expect(await round()).toEqual([]);
    write("ic_forest");
    pass(25);
    expect(await round()).toHaveLength(1);
  });

  it("M-44: status tells the next check in the asker's zone, and who wrote last where", async () => {
    pass(1);
    write("ic_forest");
    await say("reminder");
    await choose({ timeZone: "America/New_York" });
    expect(await say("reminder")).toMatch(
      /^Next check for reminder: \w{3} \w{3} \d\d, \d\d:\d\d [AP]M\nLast message: 0 seconds ago by a player in #ic_forest$/,
    );
    const inNewYork = await say("reminder status");
    await choose({ timeZone: "UTC" });
    expect(await say("reminder status")).not.toBe(inNewYork);
  });

  it("M-45: a break pauses until a time that it tells, and never moves it earlier", async () => {
    const paused = await say("reminder break P7D");
    expect(paused).toMatch(/^Paused reminders until at least \w{3} \w{3} \d\d, \d\d:\d\d [AP]M$/);
    const until = paused.replace("Paused reminders until at least ", "");
    // It was answered with the whole table of all workspaces instead of the date.
    expect(await say("reminder break 1 day")).toBe(`Reminders are already paused until ${until}`);
    pass(26);
    expect(await round()).toEqual([]);
    pass(6 * 24);
    expect(await round()).toHaveLength(1);
    const refused = await say("reminder break soon");
    expect(refused).toContain('Cannot parse snooze time \\"soon\\"');
  });

  it("keeps to what a workspace sets, which administrators alone may", async () => {
    const set = (more: object, line: string) =>
      test.hall.chat.submitLine({ ...chatInput("U-ann"), ...more, line });
    const asAdministrator = async (line: string) => {
      const id = begun(await set({ isAdministrator: async () => true }, line));
      await expect.poll(() => paper.hasEnded(id), { timeout: 10_000 }).toBe(true);
      return paper.texts(id).join("\n");
    };
    expect(await set({}, "reminder set --stall-hours 2")).toMatchObject({ code: "permission_denied" });
    for (const wrong of ["--time-zone Middle/Earth", "--from 9", "--channels (", "--stall-hours 0"]) {
      expect(await asAdministrator(`reminder set ${wrong}`), wrong).toContain('"level":"error"');
    }
    clock.advance(24 * HOUR - ((clock.now().getTime() - START.getTime()) % (24 * HOUR)));
    write("ic_forest");
    expect(await asAdministrator("reminder set --stall-hours 2 --reminder-channel ooc")).toContain("ooc");
    pass(3);
    expect(await round()).toMatchObject([{ channelId: "C-ooc" }]);
    expect(await asAdministrator("reminder set --reminders off")).toContain("false");
    write("ic_forest");
    pass(48);
    expect(await round()).toEqual([]);
    expect(await say("reminder")).toContain("This workspace is not reminded");
  });

  it("says outside of a workspace that reminders belong to one", async () => {
    const person = await test.createPerson("console@example.org");
    const { error } = await test.finish(person, "reminder");
    expect(error).toMatchObject({ code: "no_workspace" });
  });

  it("tells follow-ups at their time, in their channel, also after a restart and when the platform was away", async () => {
    await choose({ timeZone: "Europe/Berlin" });
    expect(await say('followup add "3 hours" ask Logan', { channelId: "C-ic_forest" })).toMatch(
      /^You will be told here: .* \(Europe\/Berlin\)\.$/,
    );
    await say("followup add P1D the map");
    await say("followup add 1h never");
    expect(await say("followup add yesterday x")).toContain("is no time to come");
    expect(await say("followup list")).toMatch(/never[\s\S]*ask Logan[\s\S]*the map/);
    expect(await say("followup cancel 1")).toBe("You will not be told: never");
    expect(await say("followup cancel 9")).toContain("no follow-up number 9");
    pass(2);
    expect(await round("follow-ups")).toEqual([]);
    await test.stop();
    await open();
    pass(2);
    channels.isAway = true;
    expect(await round("follow-ups")).toEqual([]);
    channels.isAway = false;
    const told = await round("follow-ups");
    expect(told).toMatchObject([{ channelId: "C-ic_forest", isLoud: false }]);
    expect(told[0]?.text).toContain("you wanted to be told: ask Logan");
    expect(await round("follow-ups")).toEqual([]);
    expect(await say("followup list")).not.toContain("ask Logan");
  });
});

describe.each(stores().slice(0, 1))("reminders in Slack on the $name store", (store) => {
  let hall: SlackHall;
  let database: TestDatabase;
  const clock = new TestClock();
  beforeAll(async () => {
    database = await store.createDatabase();
    hall = await openSlackHall({ databaseUrl: database.url, modules: [reminders], clock });
    await install(hall);
  });
  afterAll(async () => {
    await hall?.stop();
    await database?.drop();
  });

  it("reads who wrote last, passes over who merely joined, and calls the channel once", async () => {
    const { gate, channels } = hall.world;
    const general = channels.get("general") ?? "";
    const tavern = channels.get("ic_tavern") ?? "";
    const ts = (hoursAgo: number) => (clock.now().getTime() / 1000 - hoursAgo * 3600).toFixed(6);
    const answers = (all: object, byGeneral: readonly object[], byTavern: readonly object[]) => {
      gate.play({ path: "/api/conversations.list", body: JSON.stringify(all) });
      for (const messages of [byGeneral, byTavern]) {
        gate.play({ path: "/api/conversations.history", body: JSON.stringify({ ok: true, messages }) });
      }
    };
    const list = {
      ok: true,
      channels: [
        { id: general, name: "ic_all" },
        { id: tavern, name: "ic_tavern" },
      ],
    };
    const joined = { type: "message", subtype: "channel_join", user: "U1", text: "has joined", ts: ts(1) };
    answers(list, [joined], [{ type: "message", user: "U1", text: "I open the door", ts: ts(26) }]);
    const round = async () => {
      const run = await hall.hall.services.runNow("reminders");
      return run.kind === "begun" ? await run.ended : run.kind;
    };
    expect(await round()).toBe("done");
    const { messages } = await hall.world.call("conversations.history", { channel: general });
    const text = JSON.stringify(messages);
    expect(text).toContain("Last message was 26 hours ago. Who's up? Let's play some D&");
    expect(text).toContain('"broadcast"');
    clock.advance(HOUR);
    expect(await round()).toBe("done");
    expect(
      JSON.stringify((await hall.world.call("conversations.history", { channel: general }))["messages"]),
    ).toBe(text);
  });
});
