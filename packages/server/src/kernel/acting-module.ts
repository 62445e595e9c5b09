import { AsyncLocalStorage } from "node:async_hooks";

const acting = new AsyncLocalStorage<string>();

/** Does something in the name of a module: what it begins, also later and in the background, is that module's. */
export function actingAs<Result>(module: string, work: () => Result): Result {
  return acting.run(module, work);
}

/** In whose name the present work was begun; undefined when that is the hall's own. */
export function actingModule(): string | undefined {
  return acting.getStore();
}
