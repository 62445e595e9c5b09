import {
  CommandError,
  json,
  LineRefusedError,
  MIME,
  type Chunk,
  type CommandContext,
  type Logger,
} from "@guildhall/sdk";
import type { RegisteredCommand } from "../commands/command-registry.ts";
import type { CommandValues } from "../commands/parse-arguments.ts";
import type { ActionEnd } from "../data/action-log.ts";
import { storable } from "../data/storable.ts";
import { newId } from "../data/uuid.ts";
import { FencedError } from "./chunk-writer.ts";
import type { HallMetrics } from "./hall-metrics.ts";
import { actingAs } from "../kernel/acting-module.ts";
import { toError } from "../kernel/to-error.ts";

/** Why a run was told to stop; the reason of its abort signal. */
export class StopRun extends Error {
  readonly code: "cancelled" | "time_limit" | "module_stopped" | "hall_stopped" | "fenced";

  constructor(code: StopRun["code"], message: string) {
    super(message);
    this.name = "StopRun";
    this.code = code;
  }
}

/** The most that one action may put out, in bytes (characters for text). */
export const MAX_OUTPUT = 256 * 1024 * 1024;

/** How a run ended, before the instant is known. */
export type RunEnd = Pick<ActionEnd, "state" | "error">;

/** A chunk that tells a person about the run itself, not part of what the command put out. */
export function notice(content: {
  level: "error" | "warning" | "info";
  message: string;
  reference?: string | null;
}): Chunk {
  return json({ ...content }, MIME.notice);
}

/**
 * Runs a command to its end and passes on each chunk. A person's mistake becomes a message, a programmer's fault a
 * logged stack and a reference; both add one notice to the output. It throws only what `emit` throws for the store, and what a
 * pure command throws to refuse its line.
 */
export async function executeCommand(run: {
  readonly registered: RegisteredCommand;
  readonly values: CommandValues;
  readonly context: CommandContext;
  readonly controller: AbortController;
  readonly emit: (chunk: Chunk) => Promise<void> | void;
  readonly surroundings: { readonly log: Logger; readonly metrics: HallMetrics };
}): Promise<RunEnd> {
  const { registered, surroundings } = run;
  const begun = performance.now();
  const end = await runToEnd(run);
  surroundings.metrics.commandEnded({
    module: registered.module,
    command: registered.path.join(" "),
    state: end.state,
    seconds: (performance.now() - begun) / 1000,
  });
  return end;
}

async function runToEnd(run: Parameters<typeof executeCommand>[0]): Promise<RunEnd> {
  const { values, context, controller, emit } = run;
  const { command } = run.registered;
  const limit = setTimeout(() => {
    const seconds = command.timeLimitSeconds;
    controller.abort(new StopRun("time_limit", `The command took longer than its limit of ${seconds} s.`));
  }, command.timeLimitSeconds * 1000);
  try {
    const output = actingAs(run.registered.module, () => command.run?.(values, context));
    if (!output) throw new TypeError(`command "${command.name}" has no run function`);
    let size = 0;
    for await (const chunk of untilAborted(output, {
      signal: controller.signal,
      module: run.registered.module,
    })) {
      size += "text" in chunk ? chunk.text.length : chunk.bytes.length;
      if (size > MAX_OUTPUT) {
        throw new CommandError("The command put out more than 256 MB and was stopped.", {
          code: "output_too_large",
        });
      }
      await emit(chunk);
    }
    return { state: "completed", error: null };
  } catch (error) {
    if (isStoreTrouble(error)) throw error;
    if (error instanceof LineRefusedError && command.pure) throw error;
    const end = runEnd(error, run);
    if (end.state === "failed" && end.error) {
      await emit(notice({ level: "error", message: end.error.message, reference: end.error.reference }));
    }
    return end;
  } finally {
    clearTimeout(limit);
  }
}

/** Thrown by `emit` when the output cannot be stored; it ends the run without an end of its own. */
export class OutputLostError extends Error {}

function isStoreTrouble(error: unknown): boolean {
  return (
    error instanceof OutputLostError ||
    error instanceof FencedError ||
    (error instanceof StopRun && error.code === "fenced")
  );
}

function runEnd(
  error: unknown,
  { context, registered, surroundings }: Parameters<typeof executeCommand>[0],
): RunEnd {
  if (error instanceof StopRun) {
    const failure = { code: error.code, message: error.message, reference: null };
    return { state: error.code === "cancelled" ? "cancelled" : "failed", error: failure };
  }
  if (error instanceof CommandError) {
    const [code, words] = [storable(error.code), storable(error.message)];
    return { state: "failed", error: { code, message: words, reference: null } };
  }
  const reference = newId();
  const err = toError(error);
  const command = registered.path.join(" ");
  surroundings.log.error({ err, reference, command, actionId: context.action.id }, "a command failed");
  const message = `The command failed inside. Its maintainers find the reason under the reference ${reference}.`;
  return { state: "failed", error: { code: "internal_error", message, reference } };
}

/**
 * Passes on what a command yields until the signal aborts, then throws the signal's reason at once, also when the
 * command does not listen; the command is asked to finish but not waited for.
 */
async function* untilAborted(
  output: AsyncIterable<Chunk> | Iterable<Chunk>,
  { signal, module }: { readonly signal: AbortSignal; readonly module: string },
): AsyncGenerator<Chunk> {
  const iterator =
    Symbol.asyncIterator in output ? output[Symbol.asyncIterator]() : output[Symbol.iterator]();
  let abandon: (reason: unknown) => void = () => undefined;
  const onAbort = () => abandon(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      // A race of promises would keep every step's result alive as long as the signal.
      const step = await new Promise<IteratorResult<Chunk>>((resolve, reject) => {
        abandon = reject;
        Promise.resolve(actingAs(module, () => iterator.next())).then(resolve, reject);
      });
      if (step.done) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (signal.aborted) {
      // What it throws on its way out has nobody left to hear it.
      Promise.resolve(actingAs(module, () => iterator.return?.())).catch(() => undefined);
    } else {
      await actingAs(module, () => iterator.return?.());
    }
  }
}
