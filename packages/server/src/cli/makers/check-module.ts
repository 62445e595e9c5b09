import { fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { TerminalOutput } from "../../adapters/terminal/print-frames.ts";
import { CheckMessage, type Finding } from "./check-messages.ts";
import { CHECKLIST } from "./checklist.ts";

const isSource = import.meta.url.endsWith(".ts");

/** Runs the twelve points on a folder's module and says what fails and how to mend it; 0 when all hold, else 1. */
export async function checkModule(given: {
  readonly folder: string;
  /** How long the module may hold the thread at a stretch. */
  readonly threadSeconds: number;
  readonly output: TerminalOutput;
}): Promise<number> {
  const { output, threadSeconds } = given;
  const folder = path.resolve(given.folder);
  let name = "";
  let refused: string | undefined;
  let failed = 0;
  let next = 0;
  const print = (findings: readonly Finding[]) => {
    const point = CHECKLIST[next];
    const isFault = findings.some((finding) => typeof finding === "string");
    if (isFault) failed += 1;
    next += 1;
    output.out(`${isFault ? "FAIL" : "ok  "} ${String(next).padStart(2)}  ${point?.name ?? ""}\n`);
    for (const finding of findings) {
      output.out(`        ${typeof finding === "string" ? finding : `(${finding.note})`}\n`);
    }
  };
  const end = await runCheck({ folder, threadSeconds }, (message) => {
    if (message.kind === "loaded") ({ name } = message);
    if (message.kind === "refused") refused = message.sentence;
    if (message.kind === "looked") print(message.findings);
  });
  if (name === "") refused ??= end;
  if (refused !== undefined) {
    output.err(`guildhall: ${given.folder} cannot be checked: ${refused}\n`);
    return 1;
  }
  if (next < CHECKLIST.length) {
    print([end]);
    output.out(`\nThe module ${name} does not let itself be looked at further.\n`);
    return 1;
  }
  output.out(
    failed === 0
      ? `\nThe module ${name} holds all ${CHECKLIST.length} points.\n`
      : `\nThe module ${name} fails ${failed} of ${CHECKLIST.length} points.\n`,
  );
  return failed === 0 ? 0 : 1;
}

/** Runs the process that checks to its end; says how that was, in case it was before its time. */
async function runCheck(
  { folder, threadSeconds }: { readonly folder: string; readonly threadSeconds: number },
  onMessage: (message: CheckMessage) => void,
): Promise<string> {
  const program = fileURLToPath(new URL(`./check-process${isSource ? ".ts" : ".js"}`, import.meta.url));
  const child = fork(program, [folder], {
    execArgv: isSource ? ["--conditions=guildhall-source"] : [],
  });
  let isHeld = false;
  const hold = () => {
    isHeld = true;
    child.kill("SIGKILL");
  };
  let silence = setTimeout(hold, threadSeconds * 1000);
  return await new Promise((resolve) => {
    child.on("message", (message) => {
      clearTimeout(silence);
      silence = setTimeout(hold, threadSeconds * 1000);
      const parsed = CheckMessage.safeParse(message);
      // A module may send messages of its own.
      if (parsed.success) onMessage(parsed.data);
    });
    child.on("exit", (code, signal) => {
      clearTimeout(silence);
      resolve(
        isHeld
          ? `it holds the thread for more than ${threadSeconds} s: find the loop that does not end`
          : `it ends its process (${signal ?? code}): throw instead, or return false`,
      );
    });
  });
}
