import type { Logger } from "pino";
import type { ModuleSuspects } from "../kernel/module-at-fault.ts";
import { toError } from "../kernel/to-error.ts";

/** Ends the process at once, which only the hall itself may do. */
export const endProcess = process.exit.bind(process);

/**
 * Keeps modules from ending the hall's process: what one throws where nobody catches it, in a timer or a promise that was
 * let go, is logged as its own, and `process.exit` throws. A fault of nobody's module still ends the process, since
 * nothing can be relied on after it; a rejection that nobody handled does not.
 *
 * @returns what gives the process back
 */
export function holdProcess(given: { readonly suspects: ModuleSuspects; readonly log: Logger }): () => void {
  const { suspects, log } = given;
  const onFault = (thrown: unknown, origin: NodeJS.UncaughtExceptionOrigin) => {
    const err = toError(thrown);
    const module = suspects.find(err.stack)?.name;
    if (module !== undefined) {
      log.child({ module }).error({ err, origin }, "the module threw where nobody catches it");
    } else if (origin === "unhandledRejection") {
      log.error({ err, origin }, "a promise was rejected and nobody handled it");
    } else {
      log.fatal({ err, origin }, "the hall cannot go on after an error that nobody caught");
      process.stderr.write("guildhall: The hall cannot go on after an error inside; its log has it.\n");
      endProcess(1);
    }
  };
  process.on("uncaughtException", onFault);
  const allowEnd = refuseToEnd();
  return () => {
    process.off("uncaughtException", onFault);
    allowEnd();
  };
}

/** Has `process.exit` and `process.abort` throw; returns what makes them work again. */
export function refuseToEnd(): () => void {
  const [exit, abort] = [process.exit.bind(process), process.abort.bind(process)];
  const refuse = (): never => {
    throw new Error("a module may not end the hall's process: it throws instead, or returns false");
  };
  process.exit = refuse;
  process.abort = refuse;
  return () => {
    process.exit = exit;
    process.abort = abort;
  };
}
