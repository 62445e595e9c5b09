// Packs every package that may be published into a temporary folder and checks what is in it:
//   npm run check:packages
import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const Manifest = z.looseObject({ name: z.string(), private: z.boolean().default(false) });
const Packed = z
  .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  .length(1);

/** What each package must hold besides its manifest and README. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  guildhall: ["bin/guildhall.js", "dist/main.js", "dist/console/index.html"],
};
const NEEDED_OF_A_LIBRARY = ["dist/index.js", "dist/index.d.ts"];

const folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-packages-"));
try {
  let faults = 0;
  for (const place of globSync("{packages,modules}/*/package.json", { cwd: ROOT }).toSorted()) {
    faults += await checkPackage(path.join(ROOT, path.dirname(place)));
  }
  if (faults > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Packs and checks one package; returns the number of faults. */
async function checkPackage(packageFolder: string): Promise<number> {
  const text = await readFile(path.join(packageFolder, "package.json"), "utf8");
  const { name, private: isPrivate } = Manifest.parse(JSON.parse(text));
  if (isPrivate) return 0;
  const { filename, files } = await pack(packageFolder);
  const faults = contentFaults(
    name,
    files.map((file) => file.path),
  );
  const tarball = await readFile(path.join(folder, filename));
  const { messages, pkg } = await publint({
    pack: { tarball: new Uint8Array(tarball).buffer },
    level: "warning",
    strict: true,
  });
  for (const message of messages) faults.push(formatMessage(message, pkg, { color: false }) ?? message.code);
  process.stdout.write(
    `${name}: ${files.length} files, ${faults.length === 0 ? "in order" : "with faults"}\n`,
  );
  for (const fault of faults) process.stdout.write(`  ${fault}\n`);
  return faults.length;
}

async function pack(packageFolder: string): Promise<z.infer<typeof Packed>[0]> {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", "--json", "--foreground-scripts=false", "--pack-destination", folder],
    { cwd: packageFolder, maxBuffer: 64 * 1024 * 1024 },
  );
  // Newer versions of npm answer with an object by package name, older ones with a list.
  const answer: unknown = JSON.parse(stdout);
  const [packed] = Packed.parse(Array.isArray(answer) ? answer : Object.values(Object(answer)));
  if (!packed) throw new Error(`npm packed nothing in ${packageFolder}`);
  return packed;
}

function contentFaults(name: string, files: readonly string[]): string[] {
  const needed = ["package.json", "README.md", ...(NEEDED[name] ?? NEEDED_OF_A_LIBRARY)];
  return [
    ...needed.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...files
      .filter((file) => /(?<!\.d)\.ts$|\.(test|fixture)\.|\.tsbuildinfo$/.test(file))
      .map((file) => `${file} does not belong in a package`),
  ];
}
