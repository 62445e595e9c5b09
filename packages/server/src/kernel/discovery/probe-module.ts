import { Worker } from "node:worker_threads";
import { z } from "zod";

const LOAD_LIMIT_SECONDS = 10;

const Answer = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

/**
 * Loads a module's file in a thread first, to see that it comes to an end: a file that never returns, or that ends its
 * process, ends only the thread.
 *
 * @returns why it cannot be loaded; undefined when it can
 */
export async function probeModule(entryUrl: string): Promise<string | undefined> {
  const worker = new Worker(
    new URL(`./probe-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
    {
      workerData: { entryUrl },
      stdout: true,
      stderr: true,
    },
  );
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string | undefined>((resolve) => {
      timer = setTimeout(
        () => resolve(`it did not finish loading within ${LOAD_LIMIT_SECONDS} s`),
        LOAD_LIMIT_SECONDS * 1000,
      );
      worker.on("message", (message: unknown) => {
        const answer = Answer.safeParse(message);
        // A module may post messages of its own.
        if (answer.success) resolve(answer.data.ok ? undefined : answer.data.message);
      });
      worker.on("error", (error) => resolve(error instanceof Error ? error.message : String(error)));
      worker.on("exit", () => resolve("it ended its process while it was loaded"));
    });
  } finally {
    clearTimeout(timer);
    // Not waited for: a thread that is in a call of the system ends when that does.
    void worker.terminate();
    worker.unref();
  }
}
