import type { Logger } from "pino";
import type { TerminalOutput } from "../../adapters/terminal/print-frames.ts";
import { holdProcess } from "../hold-process.ts";
import { findModuleAtFault } from "../../kernel/module-at-fault.ts";
import type { FoundModule } from "../../kernel/module-report.ts";
import { toError } from "../../kernel/to-error.ts";
import { loadCheckedModule, type CheckedModule } from "./checked-module.ts";
import { CHECKLIST } from "./checklist.ts";

/** Runs the twelve points on a folder's module and says what fails and how to mend it; 0 when all hold, else 1. */
export async function checkModule(given: {
  readonly folder: string;
  /** Where its dependencies are looked for. */
  readonly others: readonly FoundModule[];
  readonly log: Logger;
  readonly output: TerminalOutput;
}): Promise<number> {
  const { folder, others, log, output } = given;
  let checked: CheckedModule;
  // One that ends the process would end it with 0, as if all were well.
  holdProcess({ moduleAtFault: findModuleAtFault(others), log });
  try {
    checked = await loadCheckedModule({ folder, others });
  } catch (error) {
    output.err(`guildhall: ${folder} cannot be checked: ${toError(error).message}\n`);
    return 1;
  }
  let failed = 0;
  for (const [index, { name, check }] of CHECKLIST.entries()) {
    const faults = await faultsOf(check, checked);
    if (faults.length > 0) failed += 1;
    output.out(`${faults.length === 0 ? "ok  " : "FAIL"} ${String(index + 1).padStart(2)}  ${name}\n`);
    for (const fault of faults) output.out(`        ${fault}\n`);
  }
  const { name } = checked.module;
  output.out(
    failed === 0
      ? `\nThe module ${name} holds all ${CHECKLIST.length} points.\n`
      : `\nThe module ${name} fails ${failed} of ${CHECKLIST.length} points.\n`,
  );
  return failed === 0 ? 0 : 1;
}

async function faultsOf(
  check: (checked: CheckedModule) => Promise<readonly string[]>,
  checked: CheckedModule,
): Promise<readonly string[]> {
  try {
    return await check(checked);
  } catch (error) {
    return [`it cannot be started for this: ${toError(error).message}`];
  }
}
