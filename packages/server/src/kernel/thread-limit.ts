import { createContext, Script } from "node:vm";

let limited = 0;

/** Whether the thread is in a call of which it will be taken back. */
export function isThreadLimited(): boolean {
  return limited > 0;
}

/**
 * Calls functions that might never give the thread back, and takes it from them after a while. What a function does
 * after its first `await` is beyond this limit.
 */
export class ThreadLimit {
  readonly #milliseconds: number;
  readonly #script = new Script("call()");
  readonly #context: { call?: () => void } = {};

  /** @param options.milliseconds how long a call may hold the thread */
  constructor({ milliseconds }: { readonly milliseconds: number }) {
    this.#milliseconds = milliseconds;
    createContext(this.#context);
  }

  /**
   * Calls it and returns what it returns. Costs some tenths of a millisecond.
   *
   * @throws Error with `sentence` when it held the thread for too long; what it throws otherwise
   */
  call<Result>(work: () => Result, sentence: string): Result {
    const held: { result?: { readonly value: Result } } = {};
    this.#context.call = () => {
      held.result = { value: work() };
    };
    limited += 1;
    try {
      this.#script.runInContext(this.#context, { timeout: this.#milliseconds });
    } catch (error) {
      throw isTimeOut(error) ? new Error(sentence) : error;
    } finally {
      limited -= 1;
      delete this.#context.call;
    }
    if (!held.result) throw new Error(sentence);
    return held.result.value;
  }
}

/** The error is of the script's own realm, so it is no `Error` of ours. */
function isTimeOut(error: unknown): boolean {
  return Reflect.get(Object(error), "code") === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
