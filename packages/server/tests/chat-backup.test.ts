import { describe, expect, it } from "vitest";
import { runFixture } from "./fixtures/run-fixture.ts";
import { BACKUP_WORLDS, DAY, told, useBackedUpWorkspace } from "./support/backed-up-workspace.ts";

const HOUR = 3_600_000;

describe.each(BACKUP_WORLDS)("the backup of %s", (name, openWorld) => {
  const backed = useBackedUpWorkspace(openWorld);
  const { write, service, nextDay, objectsOf, say, asAdministrator, exported } = backed;

  it("M-50: stores channels by pattern, all pages, one record a line, and later only what is new", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    const other = backed.world.addChannel("ooc");
    for (let n = 0; n < 40; n += 1) write(tavern, `m${n}`);
    write(other, "not for the backup");
    expect(await service()).toBe("done");
    expect(told(await exported(tavern))).toEqual(Array.from({ length: 40 }, (_, n) => ["message", `m${n}`]));
    expect((await objectsOf()).join()).not.toContain(other);
    const [first] = await exported(tavern);
    expect(first).toMatchObject({
      version: 1,
      adapter: backed.world.adapter,
      workspaceId: backed.world.workspaceId,
      channelId: tavern,
      at: "2026-03-02T12:00:01.000Z",
      editedAt: null,
      answerIn: null,
      isByPerson: true,
    });
    expect(JSON.stringify(first)).not.toContain('"team"');
    // Not due again within the day, and then nothing of what is there travels once more.
    const readings = backed.world.readings();
    expect(await service()).toBe("done");
    expect(backed.world.readings()).toBe(readings);
    const puts = backed.objects.puts.length;
    await nextDay();
    expect(backed.objects.puts.length).toBe(puts);
    write(tavern, "one more");
    await nextDay();
    expect(backed.objects.puts.length).toBe(puts + 1);
    expect(told(await exported(tavern)).at(-1)).toEqual(["message", "one more"]);
  });

  it("keeps edits and deletions as such, answers in threads, and what is known of files", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    const edited = write(tavern, "the red door");
    const gone = write(tavern, "a secret");
    const parent = write(tavern, "who comes?", { file: "map.png" });
    const answer = write(tavern, "I do", { thread: parent });
    expect(await service()).toBe("done");
    const before = await exported(tavern);
    expect(before.find(({ id }) => id === parent)).toMatchObject({
      files: [{ name: "map.png", mime: "image/png", size: 12 }],
    });
    expect(before.find(({ id }) => id === answer)).toMatchObject({ answerIn: parent, text: "I do" });
    backed.world.edit(tavern, edited, "the blue door");
    backed.world.remove(tavern, gone);
    const second = write(tavern, "so do I", { thread: parent });
    await nextDay();
    const after = await exported(tavern);
    expect(after).toHaveLength(before.length + 3);
    expect(told(after)).toEqual(
      expect.arrayContaining([
        ["edit", "the blue door"],
        ["deletion", gone],
      ]),
    );
    expect(after.find(({ id }) => id === second)).toMatchObject({ kind: "message", answerIn: parent });
    expect(after.filter(({ id }) => id === edited).map(({ kind }) => kind)).toEqual(["message", "edit"]);
    // What stands now is found, what was edited away or deleted is not.
    expect(await say("backup search DOOR", { channel: tavern })).toContain("the blue door");
    expect(await say("backup search red door", { channel: tavern })).toContain("Nothing that is stored");
    expect(await say("backup search secret", { channel: tavern })).toContain("Nothing that is stored");
    // A thread that lives on is read though the message that it hangs on is long past.
    backed.clock.advance(5 * DAY);
    write(tavern, "still here", { thread: parent });
    await nextDay();
    backed.clock.advance(5 * DAY);
    const late = write(tavern, "late", { thread: parent });
    await nextDay();
    expect((await exported(tavern)).map(({ id }) => id)).toContain(late);
  });

  it("goes on when a thread that it knows is gone", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    const parent = write(tavern, "who comes?");
    const answer = write(tavern, "I do", { thread: parent });
    expect(await service()).toBe("done");
    backed.world.removeThread(tavern, parent, [answer]);
    write(tavern, "later");
    await nextDay();
    const records = told(await exported(tavern));
    expect(records).toContainEqual(["message", "later"]);
    if (backed.world.adapter === "slack") {
      expect(records.filter(([kind]) => kind === "deletion")).toEqual([
        ["deletion", parent],
        ["deletion", answer],
      ]);
    }
  });

  it("goes on where it was when the platform is away half way, and neither loses nor doubles", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    const keep = backed.world.addChannel("ic_keep");
    for (let n = 0; n < 330; n += 1) write(tavern, `m${n}`);
    write(keep, "in the keep");
    // Two pages go well, of one channel each; then Slack is asked five times in vain, Discord three times.
    const isSlack = backed.world.adapter === "slack";
    backed.world.breakDown({ after: 2, status: 503, times: isSlack ? 5 : 3 });
    expect(await service()).not.toBe("done");
    backed.world.heal();
    expect(await exported(tavern).then(({ length }) => length > 0 && length < 330)).toBe(true);
    // One channel's fault stops no other.
    expect(told(await exported(keep))).toEqual([["message", "in the keep"]]);
    expect(await say("backup", { channel: tavern })).toMatch(/try again later|in a few minutes/);
    const before = backed.world.readings();
    write(tavern, "meanwhile");
    backed.clock.advance(HOUR);
    expect(await service()).toBe("done");
    expect(backed.world.readings() - before).toBe(isSlack ? 21 : 3);
    await nextDay();
    const all = told(await exported(tavern));
    expect(all).toEqual([
      ...Array.from({ length: 330 }, (_, n) => ["message", `m${n}`]),
      ["message", "meanwhile"],
    ]);
  });

  it("waits as the platform says, and has everything then", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    for (let n = 0; n < 3; n += 1) write(tavern, `m${n}`);
    backed.world.breakDown({ after: 0, status: 429, times: 2 });
    expect(await service()).toBe("done");
    if (backed.world.adapter === "slack") expect(backed.world.waits).toEqual([30_000, 30_000]);
    expect(await exported(tavern)).toHaveLength(3);
  });

  it("does not double anything when two runs are at it", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    for (let n = 0; n < 50; n += 1) write(tavern, `m${n}`);
    const [outcome, said] = await Promise.all([service(), asAdministrator("backup now", tavern)]);
    expect(outcome).toBe("done");
    expect(said).toContain("channels were read");
    await nextDay();
    expect(told(await exported(tavern))).toEqual(Array.from({ length: 50 }, (_, n) => ["message", `m${n}`]));
    expect(await asAdministrator("backup verify", tavern)).toContain("All that is stored");
  });

  it("does not take a channel that hides all its messages for one whose messages were deleted", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    const ids = [write(tavern, "one"), write(tavern, "two")];
    expect(await service()).toBe("done");
    for (const id of ids) backed.world.remove(tavern, id);
    backed.clock.advance(DAY);
    expect(await service()).not.toBe("done");
    expect(await exported(tavern)).toHaveLength(2);
    expect(await say("backup", { channel: tavern })).toContain("shows none of its messages");
    write(tavern, "three");
    await nextDay();
    expect((await exported(tavern)).map(({ kind }) => kind).toSorted()).toEqual([
      "deletion",
      "deletion",
      "message",
      "message",
      "message",
    ]);
  });

  if (name === "Discord") {
    it("leaves out private channels unless the workspace wants them", async () => {
      const secret = backed.world.addChannel("ic_secret", { isPrivate: true });
      write(secret, "hush");
      expect(await service()).toBe("done");
      expect(await exported(secret)).toEqual([]);
      await asAdministrator("backup set --private-channels on", secret);
      expect(await service()).toBe("done");
      expect(await exported(secret)).toHaveLength(1);
    });
  }

  if (name === "Slack") {
    it("is killed in the middle, and the next run neither loses nor doubles anything", async () => {
      const tavern = backed.world.addChannel("ic_tavern");
      for (let n = 0; n < 50; n += 1) write(tavern, `m${n}`);
      const fixture = runFixture({
        script: "backup-run.ts",
        args: [
          backed.databaseUrl,
          backed.folder,
          "3",
          backed.world.apiUrl,
          backed.world.workspaceId,
          backed.clock.now().toISOString(),
        ],
      });
      await fixture.ended;
      expect(fixture.errors()).toBe("");
      expect(await objectsOf()).toHaveLength(3);
      expect(await exported(tavern)).toHaveLength(30);
      expect(await service()).toBe("done");
      expect(told(await exported(tavern))).toEqual(
        Array.from({ length: 50 }, (_, n) => ["message", `m${n}`]),
      );
    });
  }
});
