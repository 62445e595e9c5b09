import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { withBareHall } from "../scripts/bare-hall.ts";
import { generatedFiles } from "../scripts/generated-files.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

it("files that are made from the program are as the program makes them", async () => {
  for (const [file, content] of await withBareHall(generatedFiles)) {
    const kept = await readFile(path.join(root, file), "utf8").catch(() => "");
    expect(kept === content, `${file} is stale: run "npm run generate"`).toBe(true);
  }
});
