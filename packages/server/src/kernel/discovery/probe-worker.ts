import path from "node:path";
import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { toError } from "../to-error.ts";
import { shareHallPackages } from "./hall-packages.ts";

const { entryUrl } = z.object({ entryUrl: z.string() }).parse(workerData);
shareHallPackages();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
const tell = (answer: { ok: boolean; message?: string }) => parentPort?.postMessage(answer);
try {
  await import(entryUrl);
  tell({ ok: true });
} catch (error) {
  const { name, message, stack = "" } = toError(error);
  // The first file that it names: of a wrong syntax there is no other trace of the place.
  const [, file, line] = /(file:\/\/[^\s)]+?):(\d+)/.exec(stack) ?? [];
  const place = file === undefined ? "" : ` (${path.basename(fileURLToPath(file))}:${line})`;
  tell({ ok: false, message: `${name}: ${message}${place}` });
}
