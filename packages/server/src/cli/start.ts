import { once } from "node:events";
import type { Logger } from "pino";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import type { ChatAdapter } from "./chat-adapters.ts";
import { claimOrFind } from "./data-folder-owner.ts";
import { endProcess } from "./hold-process.ts";
import { openLocalHall } from "./open-local-hall.ts";
import type { Settings } from "./settings.ts";

/** Services begin so long after the hall is open: their engine holds the thread, and who waited is asking by then. */
const SCHEDULING_MILLISECONDS = 1000;

/** Opens the hall, serves it until it is told to stop, and stops it gently. */
export async function start(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
}): Promise<number> {
  const { settings, log, output } = given;
  const { http } = settings;
  const stopping = stopSignal();
  const ownership = await claimOrFind({
    folder: settings.dataFolder,
    purpose: "server",
    // A terminal's command soon makes room; a server that answers does not.
    mayUse: async (owner) => owner.purpose === "server" && (await answers(owner.socket)),
  });
  if (ownership.kind === "other") {
    const { pid, url } = ownership.owner;
    const where = url === undefined ? "" : ` at ${url}`;
    output.err(
      `guildhall: Another hall (process ${pid}) is open on the data folder ${settings.dataFolder}${where}: use that one, stop it, or name another folder by GUILDHALL_DATA.\n`,
    );
    return 1;
  }
  const { claim } = ownership;
  try {
    const local = await openLocalHall({ settings, claim, log, stopping });
    const { hall, chatAdapters } = local;
    const { createServer } = await import("../http/create-server.ts");
    const app = await createServer({
      hall,
      log,
      mounts: chatAdapters.map((adapter) => (scope) => adapter.mount(scope)),
      chatSetUps: chatAdapters.flatMap(({ setUp }) => setUp ?? []),
      options: {
        publicUrl: http.publicUrl,
        allowedHosts: http.allowedHosts,
        requestsPerMinute: http.requestsPerMinute,
      },
    });
    let scheduling: NodeJS.Timeout | undefined;
    let disconnect: readonly (() => Promise<void>)[] = [];
    try {
      const address = await app.listen({ host: http.host, port: http.port });
      const { port } = new URL(address);
      const host = http.host.includes(":") ? `[${http.host}]` : http.host;
      const url = `http://${host}:${port}`;
      await local.publish(url);
      const setupToken = await hall.entryLinks.createSetupToken();
      if (setupToken !== undefined) {
        output.out(
          `Make the first account here (the link works once): ${http.publicUrl ?? url}/setup#${setupToken}\n`,
        );
      }
      output.out(`Guildhall is open at ${url}\n`);
      for (const report of hall.modules.reports) {
        if (report.state === "failed")
          output.err(`The module ${report.name} did not start: ${report.reason}\n`);
        if (report.state === "starting")
          output.err(`The module ${report.name} is slow to start; the others serve: ${report.reason}\n`);
      }
      scheduling = setTimeout(() => hall.services.start(), SCHEDULING_MILLISECONDS);
      disconnect = await connectChat({ chatAdapters, log, output });
      log.info({ url, dataFolder: settings.dataFolder }, "the hall is open");
      await aborted(stopping);
      output.out("Guildhall is closing.\n");
      hall.actions.stopAccepting();
    } finally {
      clearTimeout(scheduling);
      // Actions that are still running tell their readers until their end, or until the time is up.
      await hall.runner.settleAll({ graceMilliseconds: http.stopSeconds * 1000 });
      await Promise.all(disconnect.map((end) => end()));
      await app.close();
      await local.stop({ graceMilliseconds: 0 });
    }
    return 0;
  } finally {
    await claim.release();
  }
}

/** Connects the adapters that have their settings, and says once of each other what it lacks. */
async function connectChat(given: {
  readonly chatAdapters: readonly ChatAdapter[];
  readonly log: Logger;
  readonly output: TerminalOutput;
}): Promise<(() => Promise<void>)[]> {
  const disconnect: (() => Promise<void>)[] = [];
  for (const adapter of given.chatAdapters) {
    if (adapter.whyOff === undefined) disconnect.push(await adapter.connect());
    else {
      given.log.info({ adapter: adapter.name, reason: adapter.whyOff }, "a chat adapter is off");
      given.output.out(`${adapter.whyOff}\n`);
    }
  }
  return disconnect;
}

async function answers(socket: string): Promise<boolean> {
  const { ControlClient, HallUnreachableError } = await import("../adapters/terminal/control-client.ts");
  try {
    await new ControlClient(socket).complete({ line: "", cursor: 0 });
    return true;
  } catch (error) {
    if (error instanceof HallUnreachableError) return false;
    throw error;
  }
}

/** Aborts at the first signal to stop; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) endProcess(130);
      controller.abort();
    });
  }
  return controller.signal;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
