import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { shareHallPackages } from "./hall-packages.ts";

const { entryUrl } = z.object({ entryUrl: z.string() }).parse(workerData);
shareHallPackages();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
const tell = (answer: { ok: boolean; message?: string }) => parentPort?.postMessage(answer);
try {
  await import(entryUrl);
  tell({ ok: true });
} catch (error) {
  tell({ ok: false, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
}
