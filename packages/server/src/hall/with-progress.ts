import { PassThrough } from "node:stream";
import { progress, type Chunk, type Clock } from "@guildhall/sdk";
import { nowAndThen, type MirrorStep, type ShowStep } from "../data/mirror/mirror-step.ts";

/** Does long work of a command and puts out, now and then, how far it is. Returns what the work does. */
export async function* withProgress<Result>(
  clock: Clock,
  work: (show: ShowStep) => Promise<Result>,
): AsyncGenerator<Chunk, Result> {
  const steps = new PassThrough({ objectMode: true });
  // Nobody listens any more when the command was stopped.
  steps.on("error", () => undefined);
  const show = nowAndThen(
    (step) => void steps.write(step),
    () => clock.now(),
  );
  const result = work(show).finally(() => steps.end());
  // It is awaited below, but may fail before.
  result.catch(() => undefined);
  const shown: AsyncIterable<MirrorStep> = steps;
  for await (const step of shown) yield progress(step);
  return await result;
}
