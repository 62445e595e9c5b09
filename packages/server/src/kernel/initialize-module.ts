import type { ModuleParts } from "@guildhall/sdk";
import type { ModuleLife } from "./module-life.ts";
import { withinLimit } from "./within-limit.ts";

const START_LIMIT_MILLISECONDS = 30_000;
const DISPOSE_LIMIT_MILLISECONDS = 10_000;

/** What a module gives back from its `initialize`. */
type Initialized = ModuleParts<unknown> | false;

/**
 * Has a module make what it brings, within 30 s; its `dispose` is noted in its life.
 *
 * @param given.call calls the module's function, and may take the thread back from it
 * @param given.givenUp rejects when the start is no longer wanted
 * @throws Error that says why the module does not start
 */
export async function initializeModule(given: {
  readonly life: ModuleLife;
  readonly givenUp: Promise<never>;
  readonly initialize: () => Initialized | Promise<Initialized>;
  readonly call: <Result>(work: () => Result) => Result;
}): Promise<ModuleParts<unknown>> {
  const { life, givenUp, initialize, call } = given;
  const make = async () => {
    const parts = await call(initialize);
    // One that comes too late is wanted by nobody: what it has begun is its own to end.
    if (life.signal.aborted && parts) await parts.dispose?.();
    return parts;
  };
  const parts = await withinLimit(
    async () => await Promise.race([make(), givenUp]),
    START_LIMIT_MILLISECONDS,
    `it did not start within ${START_LIMIT_MILLISECONDS / 1000} s`,
  );
  if (parts === false) throw new Error("it declined to start; its log says why");
  if (typeof parts !== "object" || parts === null) {
    throw new TypeError("its initialize returned neither what it brings nor false");
  }
  if (parts.dispose) {
    life.onEnd(async () => {
      await withinLimit(
        async () => await call(async () => await parts.dispose?.()),
        DISPOSE_LIMIT_MILLISECONDS,
        `its dispose took longer than ${DISPOSE_LIMIT_MILLISECONDS / 1000} s`,
      );
    });
  }
  return parts;
}
