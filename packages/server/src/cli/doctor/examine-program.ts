import { well, wrong, type Finding } from "./finding.ts";

const NEEDED_MAJOR = 24;

/** Whether this Node can run the hall. */
export function examineProgram(version: string): Finding {
  const major = Number(version.replace(/^v/, "").split(".")[0]);
  if (major >= NEEDED_MAJOR) return well("node", `Node ${version}.`);
  return wrong(
    "node",
    `Node ${version} is too old: the hall needs ${NEEDED_MAJOR} or newer.`,
    `Install Node ${NEEDED_MAJOR} (https://nodejs.org), or run "npm install" in the workspace, which brings its own.`,
  );
}
