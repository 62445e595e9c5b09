import { setTimeout as delay } from "node:timers/promises";
import { defineCommand, defineModule, integer, plainText } from "@guildhall/sdk";
import { runCli } from "../../../packages/server/src/cli/run-cli.ts";
import { createLog } from "../../../packages/server/src/logging.ts";
import { stampedText } from "../lab/stamped-text.ts";

/*
 * The hall as it is, with one module more than it has: `stream` puts out so many chunks, at once or so many
 * milliseconds apart.
 */

const stream = defineCommand({
  name: "stream",
  summary: "Put out chunks",
  arguments: {
    count: integer("how many chunks"),
    bytes: integer("how long each is"),
    interval: integer("how many milliseconds apart; 0 for no pause"),
  },
  async *run({ count, bytes, interval }) {
    const begun = performance.now();
    for (let made = 0; made < count; made += 1) {
      yield plainText(stampedText(bytes));
      if (interval > 0) await delay(begun + (made + 1) * interval - performance.now());
    }
  },
});

const streams = defineModule({
  name: "streams",
  summary: "Chunks for the benchmark of fan-out",
  initialize: () => ({ commands: [stream] }),
});

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  log: createLog(process.env),
  modules: [{ origin: "bundled", module: streams }],
});
