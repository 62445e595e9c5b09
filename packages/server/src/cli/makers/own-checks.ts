import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding } from "./check-messages.ts";
import { packageFolder, typeScriptSettings } from "./typescript-settings.ts";

const LIMIT_MILLISECONDS = 60_000;
const SHOWN_LINES = 20;
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** Has TypeScript check a module; what it finds. */
export async function checkTypes(folder: string): Promise<readonly Finding[]> {
  const compiler = packageFolder("typescript");
  if (compiler === undefined) {
    return [{ note: "its types were not looked at: TypeScript is not installed beside the hall" }];
  }
  const place = await mkdtemp(path.join(tmpdir(), "guildhall-check-"));
  try {
    const settings = path.join(place, "tsconfig.json");
    const include = [path.join(folder, "**/*.ts")];
    const exclude = [path.join(folder, "**/node_modules"), path.join(folder, "dist")];
    await writeFile(settings, JSON.stringify({ ...typeScriptSettings(), include, exclude }));
    const { status, output } = await run(
      [path.join(compiler, "bin/tsc"), "-p", settings, "--pretty", "false"],
      folder,
    );
    return status === 0 ? [] : [`its types do not fit: mend what TypeScript names\n${firstLines(output)}`];
  } finally {
    await rm(place, { recursive: true });
  }
}

/** Runs a module's own tests by Node's runner; what failed. */
export async function runOwnTests(folder: string, tests: readonly string[]): Promise<readonly string[]> {
  const shared = fileURLToPath(
    new URL(`../../kernel/discovery/register-hall-packages${extension}`, import.meta.url),
  );
  // In one process, which can be ended whole: a test of a process of its own that loops would outlive its runner.
  const argv = ["--import", shared, "--test", "--test-isolation=none", "--test-reporter=tap", ...tests];
  const { status, output, isLate } = await run(argv, folder);
  if (status === 0) return [];
  if (isLate) return [`its tests do not end within ${LIMIT_MILLISECONDS / 1000} s: see what they wait for`];
  return [`its tests fail: mend them\n${firstLines(failuresOf(output) || output)}`];
}

/** The tests that failed and what each says, of a report in the Test Anything Protocol. */
function failuresOf(report: string): string {
  const kept: string[] = [];
  /** The indentation of an error's text of several lines, while within one. */
  let block: number | undefined;
  for (const line of report.split("\n")) {
    const indent = line.search(/\S/);
    if (block !== undefined && indent > block) {
      kept.push(line);
      continue;
    }
    block = /^\s*error: \|-?$/.test(line) ? indent : undefined;
    if (/^\s*(not ok|error:|# Error|Error)/.test(line)) kept.push(line);
  }
  return kept.join("\n");
}

async function run(
  argv: readonly string[],
  cwd: string,
): Promise<{ status: number; output: string; isLate: boolean }> {
  // What a runner of tests above this one has set would have Node's runner believe that it is nested.
  const env = { ...process.env };
  delete env["NODE_TEST_CONTEXT"];
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [...argv],
      { cwd, env, timeout: LIMIT_MILLISECONDS, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          status: error ? 1 : 0,
          output: `${stdout}${stderr}`,
          isLate: error?.killed === true,
        }),
    );
  });
}

function firstLines(output: string): string {
  const lines = output.trimEnd().split("\n");
  const more = lines.length > SHOWN_LINES ? [`... and ${lines.length - SHOWN_LINES} lines more`] : [];
  return [...lines.slice(0, SHOWN_LINES), ...more].map((line) => `      ${line}`).join("\n");
}
