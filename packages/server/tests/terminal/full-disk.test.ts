import { spawn, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { ActionDocument, api, dataFolder, environment, setUp, type ServedHall } from "./program.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/guildhall.js", import.meta.url));
const data = await dataFolder();
const person = { email: "ada@example.org", password: "correct horse battery" };

afterAll(() => data.remove());

/** As root a mount namespace alone will do; else a user namespace gives the right to mount in it. */
const unshare = process.getuid?.() === 0 ? ["--mount"] : ["--mount", "--map-root-user"];
const mayMount = spawnSync("unshare", [...unshare, "sh", "-c", "mount -t tmpfs none /mnt"]).status === 0;
const reason = mayMount
  ? ""
  : " (not run: this system lets nobody mount a small disk; allow user namespaces)";
if (!mayMount && process.env["CI"] === "true") throw new Error(`The full disk cannot be tested${reason}.`);
if (!mayMount) process.stderr.write(`The full disk is not tested${reason}.\n`);

// A disk of its own in a mount namespace of its own. A file in the test's folder says when to fill it and when to
// make room again.
const SCRIPT = `
mount -t tmpfs -o size=120m none "$1/disk"
( while [ ! -e "$1/fill" ]; do sleep 0.05; done
  cat /dev/zero > "$1/disk/filler" 2>/dev/null; echo full > "$1/filled"
  while [ ! -e "$1/free" ]; do sleep 0.05; done
  rm "$1/disk/filler" ) &
exec "$2" "$3" start`;

it.skipIf(!mayMount)(
  `a full disk refuses what it cannot keep, keeps the rest, and goes on when there is room${reason}`,
  async () => {
    const folder = path.dirname(data.folder);
    await mkdir(path.join(folder, "disk"));
    const env = environment(path.join(folder, "disk", "data"));
    const child = spawn(
      "unshare",
      [...unshare, "sh", "-c", SCRIPT, "sh", folder, process.execPath, LAUNCHER],
      { env },
    );
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      out += part;
    });
    const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
    await vi.waitUntil(() => out.includes("is open at"), { timeout: 20_000 });
    const hall: Pick<ServedHall, "url" | "setupToken"> = {
      url: /is open at (\S+)/.exec(out)?.[1] ?? "",
      setupToken: /\/setup#(\S+)/.exec(out)?.[1],
    };
    const token = await setUp(hall, person);
    const made = await api(hall, "/threads", { token, body: { title: "Small disk" } });
    const { id } = z.object({ id: z.string() }).parse(made.body);
    const kept: string[] = [];
    const roll = async (purpose: string) => {
      const { status, body } = await api(hall, `/threads/${id}/actions`, {
        token,
        body: { raw_text: `say [[1d20]] ${purpose}` },
      });
      if (status === 200) kept.push(ActionDocument.parse(body).id);
      return { status, code: z.object({ code: z.string().optional() }).parse(body).code };
    };
    expect(await roll("before")).toMatchObject({ status: 200 });

    await writeFile(path.join(folder, "fill"), "");
    const refusals: unknown[] = [];
    await vi.waitUntil(
      async () => {
        const answer = await roll("x".repeat(9000));
        if (answer.status !== 200) refusals.push(answer);
        return refusals.length >= 3;
      },
      { timeout: 25_000, interval: 1 },
    );
    for (const refusal of refusals) {
      expect([
        { status: 507, code: "store_full" },
        { status: 503, code: "store_unavailable" },
      ]).toContainEqual(refusal);
    }

    await writeFile(path.join(folder, "free"), "");
    await vi.waitUntil(async () => (await roll("after")).status === 200, { timeout: 25_000, interval: 200 });
    for (const actionId of [kept[0], kept.at(-1)]) {
      expect((await api(hall, `/actions/${actionId}`, { token })).status).toBe(200);
    }
    const thread = z
      .object({
        last_seq: z.number(),
        thread_actions: z.array(z.object({ action: z.object({ id: z.string() }) })),
      })
      .parse((await api(hall, `/threads/${id}?limit=200`, { token })).body);
    // One event for each roll that was acknowledged, and none for those that were not.
    expect(thread.last_seq).toBe(kept.length);
    expect(thread.thread_actions.map(({ action }) => action.id)).toEqual(kept.slice(-200));
    child.kill("SIGINT");
    expect(await exited).toBe(0);
  },
  90_000,
);
