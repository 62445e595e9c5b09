import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stores } from "../support/stores.ts";
import { dataFolder, environment, runProgram, serve, setUp, signIn } from "./program.ts";

const data = await dataFolder();
const objects = path.join(path.dirname(data.folder), "objects");
const env = environment(data.folder, { GUILDHALL_OBJECTS__URL: `file://${objects}` });
const person = { email: "ada@example.org", password: "correct horse battery staple" };

afterAll(() => data.remove());

describe("a hall that lost its disk", { timeout: 120_000 }, () => {
  it("comes back by one command", { timeout: 240_000 }, async () => {
    const hall = await serve({ env });
    await setUp(hall, person);
    const mirrored = await runProgram(["mirror", "now"], { env });
    expect(mirrored).toMatchObject({ status: 0, err: "" });
    expect(mirrored.out).toMatch(/Database: \d+ rows/);
    const early = await runProgram(["mirror", "restore"], { env });
    expect(early).toMatchObject({ status: 1, out: "" });
    expect(early.err).toMatch(/A hall is open on the data folder .*: stop it, and do this again\./);
    await hall.stop();
    await rm(data.folder, { recursive: true });

    const restored = await runProgram(["mirror", "restore"], { env });
    expect(restored.status).toBe(0);
    expect(restored.out).toMatch(/Restored \d+ rows of version \d+/);
    const again = await serve({ env });
    expect(await signIn(again, person)).not.toBe("");
    expect(again.setupToken).toBeUndefined();
    await again.stop();
  });

  it("shows what its mirror has, without a hall that runs", async () => {
    const { status, out } = await runProgram(["mirror", "status"], { env });
    expect(status).toBe(0);
    expect(out).toMatch(/database.*1/);
    expect((await runProgram(["mirror", "verify"], { env })).out).toContain("versions are whole");
  });

  it("is not replaced by an older one unless that is wanted, and is laid aside then", async () => {
    expect((await runProgram(["roll", "1d6"], { env })).status).toBe(0);
    const refused = await runProgram(["mirror", "restore"], { env });
    expect(refused.status).toBe(1);
    expect(refused.err).toContain("newer than version");
    const forced = await runProgram(["mirror", "restore", "--force"], { env });
    expect(forced.status).toBe(0);
    expect(forced.out).toContain("laid aside in");
  });

  it.each(stores().filter(({ name }) => name === "server"))(
    "comes back into an empty database of a server, and not into one that is used",
    async (store) => {
      const database = await store.createDatabase({ empty: true });
      try {
        const place = { GUILDHALL_OBJECTS__URL: `file://${objects}`, GUILDHALL_DATABASE__URL: database.url };
        const there = environment(path.join(path.dirname(data.folder), "elsewhere"), place);
        const restored = await runProgram(["mirror", "restore"], { env: there });
        expect(restored).toMatchObject({ status: 0, err: "" });
        expect(restored.out).toMatch(/Restored \d+ rows/);
        const again = await runProgram(["mirror", "restore", "--force"], { env: there });
        expect(again).toMatchObject({ status: 1, out: "" });
        expect(again.err).toContain("is not empty");
      } finally {
        await database.drop();
      }
    },
  );

  it("says what is missing where nothing is set or stored", async () => {
    const off = await runProgram(["mirror", "restore"], { env: environment(data.folder) });
    expect(off).toMatchObject({ status: 1 });
    expect(off.err).toContain("GUILDHALL_OBJECTS__URL");
    const empty = environment(data.folder, { GUILDHALL_OBJECTS__URL: `file://${objects}-none` });
    expect((await runProgram(["mirror", "restore"], { env: empty })).err).toContain("holds no database");
  });
});
