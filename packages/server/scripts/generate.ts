// Writes every file that is made from the program: npm run generate
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withBareHall } from "./bare-hall.ts";
import { generatedFiles } from "./generated-files.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
for (const [file, content] of await withBareHall(generatedFiles)) {
  const target = path.join(root, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
  process.stdout.write(`${file}\n`);
}
