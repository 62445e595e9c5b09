// Looks at a module point by point, in a process of its own, since a module may hold or end it.
import { toError } from "../../kernel/to-error.ts";
import { refuseToEnd } from "../hold-process.ts";
import { readSettings } from "../settings.ts";
import type { CheckMessage, Finding } from "./check-messages.ts";
import { loadCheckedModule, type CheckedModule } from "./checked-module.ts";
import { CHECKLIST, type ChecklistPoint } from "./checklist.ts";

const BEAT_MILLISECONDS = 500;

const tell = (message: CheckMessage): void => void process.send?.(message);
const [, , folder = ""] = process.argv;
const stray: string[] = [];

// What a module throws where nobody catches it would end the hall, were it not held.
process.on("uncaughtException", (thrown) => {
  stray.push(`it throws where nobody catches it: ${toError(thrown).message}`);
});
const beating = setInterval(() => tell({ kind: "beat" }), BEAT_MILLISECONDS);
const allowEnd = refuseToEnd();
try {
  const settings = readSettings({ environment: process.env });
  const { config } = settings;
  const checked = await loadCheckedModule({ folder, others: await settings.modules(), config });
  tell({ kind: "loaded", name: checked.module.name });
  for (const { check } of CHECKLIST) tell({ kind: "looked", findings: await findingsOf(check, checked) });
} catch (error) {
  tell({ kind: "refused", sentence: toError(error).message });
}
allowEnd();
clearInterval(beating);
// What the module left running must not keep the process.
process.disconnect?.();
process.exit();

async function findingsOf(check: ChecklistPoint["check"], checked: CheckedModule): Promise<Finding[]> {
  let found: readonly Finding[];
  try {
    found = await check(checked);
  } catch (error) {
    found = [`it cannot be started for this: ${toError(error).message}`];
  }
  return [...found, ...new Set(stray.splice(0))];
}
