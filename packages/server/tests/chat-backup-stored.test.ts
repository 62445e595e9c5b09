import { rm, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { ObjectStoreError } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { BACKUP_WORLDS, DAY, START, told, useBackedUpWorkspace } from "./support/backed-up-workspace.ts";

describe.each(BACKUP_WORLDS)("what is stored of %s", (_name, openWorld) => {
  const backed = useBackedUpWorkspace(openWorld);
  const { write, service, health, nextDay, objectsOf, say, asAdministrator, exported } = backed;

  it("M-51: a store of objects that is away costs nothing, and what nothing names is swept", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    for (let n = 0; n < 5; n += 1) write(tavern, `m${n}`);
    backed.objects.before = () => {
      throw new ObjectStoreError("unavailable", "The object store does not answer.");
    };
    expect(await service()).not.toBe("done");
    expect(await say("backup", { channel: tavern })).toContain("The object store does not answer.");
    expect(await asAdministrator("backup now", tavern)).toContain("The object store does not answer.");
    expect(await health()).toMatchObject({ status: "degraded", failing_channels: 1 });
    backed.objects.before = () => undefined;
    // An object that was written when its hall died, with nothing that names it.
    const put = backed.objects.put;
    backed.objects.put = async (...given) => {
      await put(...given);
      throw new Error("the hall dies here");
    };
    backed.objects.before = (operation) => {
      if (operation === "delete") throw new Error("and removes nothing");
    };
    expect(await service()).not.toBe("done");
    backed.objects.put = put;
    backed.objects.before = () => undefined;
    expect(await objectsOf()).toHaveLength(1);
    expect(await service()).toBe("done");
    expect(await exported(tavern)).toHaveLength(5);
    const written = await objectsOf();
    expect(written).toHaveLength(2);
    // The folder's own clock tells when an object was stored.
    for (const name of written) await utimes(name, new Date(START), new Date(START));
    backed.clock.advance(DAY);
    await nextDay();
    expect(await objectsOf()).toHaveLength(1);
    expect(await exported(tavern)).toHaveLength(5);
  });

  it("notices an object that was cut or lost, and reads again what stood in it", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    const parent = write(tavern, "who comes?");
    write(tavern, "I do", { thread: parent });
    expect(await service()).toBe("done");
    await nextDay();
    write(tavern, "later");
    await nextDay();
    expect(await service("chat-backup-check")).toBe("done");
    const whole = await asAdministrator("backup verify", tavern);
    expect(whole).toContain("All that is stored can be read back whole.");
    const [cut = "", lost = ""] = await objectsOf();
    await truncate(cut, 30);
    await rm(lost);
    expect(await say("backup search nowhere", { channel: tavern })).toContain(
      'An administrator can type \\"backup verify\\".',
    );
    expect(await asAdministrator("backup verify", tavern)).toContain("2 objects cannot be read back");
    expect(await say("backup", { channel: tavern })).toContain("damaged");
    expect(await health()).toMatchObject({ status: "degraded", damaged_objects: 2 });
    backed.clock.advance(1000);
    expect(await service()).toBe("done");
    expect(await health()).toMatchObject({ status: "healthy" });
    const texts = told(await exported(tavern)).map(([, text]) => text);
    expect(texts).toEqual(["who comes?", "I do", "later"]);
    await writeFile((await objectsOf()).at(-1) ?? "", "not gzip");
    expect(await service("chat-backup-check")).not.toBe("done");
  });

  it("makes one object of each month that is over", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    for (let day = 0; day < 4; day += 1) {
      write(tavern, `m${day}`);
      await nextDay();
    }
    expect((await objectsOf()).length).toBe(4);
    backed.clock.advance(30 * DAY);
    write(tavern, "in April");
    await nextDay();
    const months = (await objectsOf()).map((name) => path.basename(path.dirname(name)));
    expect(months.toSorted()).toEqual(["2026-03", "2026-04"]);
    expect(told(await exported(tavern)).map(([, text]) => text)).toEqual([
      "m0",
      "m1",
      "m2",
      "m3",
      "in April",
    ]);
    expect(await asAdministrator("backup verify", tavern)).toContain("All that is stored");
    expect(await say("backup search m2", { channel: tavern })).toContain("m2");
  });

  it("shows members what is stored of their channels, and of no others", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    const keep = backed.world.addChannel("ic_keep");
    write(tavern, "the key is under the mat");
    write(keep, "the key is lost");
    expect(await service()).toBe("done");
    const bob = { channel: keep, who: "U-bob" };
    const found = await say("backup search key", bob);
    expect(found).toContain("the key is lost");
    expect(found).not.toContain("mat");
    expect(await say("backup", bob)).not.toContain("ic_tavern");
    for (const line of ["backup export ic_tavern", "backup search -c ic_tavern key"]) {
      expect(await say(line, bob)).toContain(
        'Nothing is stored of a channel \\"ic_tavern\\" that you are in.',
      );
    }
    for (const line of ["backup off", "backup delete --yes", "backup now", "backup verify", "backup set"]) {
      expect(await say(line, bob), line).toContain("permission_denied");
    }
    expect(await asAdministrator("backup export ic_tavern", keep)).toContain("Nothing is stored");
    const { workspaceId, adapter } = backed.world;
    await backed.hall.chat.leave(
      { adapter, workspaceId, accountId: "U-bob" },
      { workspaceId, channelId: keep },
    );
    const elsewhere = { channel: backed.world.addChannel("ooc"), who: "U-bob" };
    expect(await say("backup search key", elsewhere)).toContain("Nothing that is stored");
    expect(await asAdministrator("backup verify", keep)).toContain("ic_tavern");
  });

  it("is switched off, and deletes what is stored when that is confirmed", async () => {
    const tavern = backed.world.addChannel("ic_tavern");
    write(tavern, "hello");
    expect(await asAdministrator("backup now", tavern)).toContain(
      "1 channels were read; 1 new records are stored.",
    );
    expect(await asAdministrator("backup off", tavern)).toContain("backed up no more");
    write(tavern, "unheard");
    await nextDay();
    expect(await asAdministrator("backup now", tavern)).toContain("This workspace is not backed up");
    expect(await exported(tavern)).toHaveLength(1);
    const asked = await asAdministrator("backup delete", tavern);
    expect(asked).toContain('"line":"backup delete --yes"');
    expect(await objectsOf()).toHaveLength(1);
    expect(await asAdministrator("backup delete --yes", tavern)).toContain("1 messages of this workspace");
    expect(await objectsOf()).toEqual([]);
    expect(await say("backup search hello", { channel: tavern })).toContain("Nothing that is stored");
    expect(await asAdministrator("backup on", tavern)).toContain("once a day");
    expect(await service()).toBe("done");
    expect(await exported(tavern)).toHaveLength(2);
    for (const wrong of ["--channels (", "--reread-days 999"]) {
      expect(await asAdministrator(`backup set ${wrong}`, tavern), wrong).toContain('"level":"error"');
    }
    expect(await asAdministrator("backup set --channels ^ooc", tavern)).toContain("^ooc");
  });
});
