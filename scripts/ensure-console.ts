// Builds the web console when it was never built, or when anything it is made of is newer than the last build.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const consoleFolder = join(root, "packages/console");
const built = join(consoleFolder, "dist/index.html");

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((entry) => newest(join(path, entry))));
}

const sources = ["src", "public", "index.html", "vite.config.ts", "package.json", "tsconfig.json"]
  .map((entry) => join(consoleFolder, entry))
  .filter((path) => existsSync(path));
const isStale = !existsSync(built) || Math.max(...sources.map(newest)) > statSync(built).mtimeMs;
if (isStale) {
  process.stderr.write("Building the web console ...\n");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const { status } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn"], {
    cwd: consoleFolder,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
