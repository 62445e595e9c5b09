#!/usr/bin/env node
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
// As a whole: an older Node lacks some of its names, and must get as far as saying so.
import nodeModule from "node:module";
import path from "node:path";

const NEEDED_MAJOR = 24;
const source = new URL("../src/main.ts", import.meta.url);
const workspace = new URL("../../../", import.meta.url).href;

if (Number(process.versions.node.split(".")[0]) < NEEDED_MAJOR) runOnOwnNode();
else await run();

/** The workspace brings its own Node; this machine's is older. */
function runOnOwnNode() {
  let node;
  try {
    const require = nodeModule.createRequire(import.meta.url);
    node = path.join(path.dirname(require.resolve("node/package.json")), "bin", "node");
  } catch {
    // Only the workspace has it.
  }
  if (node === undefined || !existsSync(node)) {
    process.stderr.write(`guildhall: Node ${NEEDED_MAJOR} or newer is needed; this is ${process.version}.\n`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // The terminal sends Ctrl-C to both; the program decides what it means.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === "SIGKILL" ? 9 : 15);
  });
}

async function run() {
  nodeModule.enableCompileCache();
  if (!existsSync(source)) {
    await import(new URL("../dist/main.js", import.meta.url).href);
    return;
  }
  nodeModule.registerHooks({ resolve });
  await import(source.href);
}

/** Where sources take the place of what is built; the imports of a thousand files are the most of a start. */
function resolve(specifier, context, next) {
  const { conditions, parentURL } = context;
  // A file that names another beside it, in full, leaves nothing to look for. That it is there shows when it is read.
  const isNamed = conditions.includes("import") && /^\.\.?\/.*\.[jt]s$/.test(specifier);
  if (isNamed && parentURL?.startsWith(workspace)) {
    return { url: new URL(specifier, parentURL).href, shortCircuit: true };
  }
  // Others have no sources to choose, and are found faster without a list of conditions of their own.
  if (!/^@?guildhall(?:\/|$)/.test(specifier)) return next(specifier);
  return next(specifier, { ...context, conditions: ["guildhall-source", ...conditions] });
}
