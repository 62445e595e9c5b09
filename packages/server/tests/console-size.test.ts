import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const dist = fileURLToPath(new URL("../../console/dist", import.meta.url));
/** Of compressed script, before what is loaded when it is first needed. */
const MOST_BYTES = 150_000;

it("the console's first load is small, and every file of it is the hall's own", async () => {
  const page = await readFile(path.join(dist, "index.html"), "utf8");
  const scripts = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, address = ""]) => address);
  expect(scripts.length).toBeGreaterThan(0);
  const sizes = await Promise.all(
    scripts.map(async (address) => {
      expect(address).toMatch(/^\/assets\//);
      return gzipSync(await readFile(path.join(dist, address))).length;
    }),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
});
