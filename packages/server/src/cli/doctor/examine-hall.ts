import path from "node:path";
import { stat } from "node:fs/promises";
import type { Logger } from "pino";
import { z } from "zod";
import { ControlClient } from "../../adapters/terminal/control-client.ts";
import { claimDataFolder, type HallFile } from "../../data/data-folder.ts";
import { toError } from "../../kernel/to-error.ts";
import { openLocalHall } from "../open-local-hall.ts";
import { openStore } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { examinePort } from "./examine-port.ts";
import { examineStore } from "./examine-store.ts";
import { well, wrong, type Finding } from "./finding.ts";

const PATIENCE_MILLISECONDS = 5000;
const Health = z.object({
  store: z.string(),
  modules: z.object({ total: z.number(), failed: z.number() }),
});

/** Looks at the hall of a data folder: at the one that is open, or at what a start would find. */
export async function examineHall(settings: Settings, log: Logger): Promise<Finding[]> {
  const { dataFolder } = settings;
  const isThere = await stat(dataFolder).catch(() => undefined);
  if (!isThere) return [await examinePort(settings.http), ...(await examineOutsideStore(settings, log))];
  const claimed = await claimDataFolder({ folder: dataFolder, purpose: "terminal" });
  if (!claimed.owned) {
    return [...(await examineOpenHall(claimed.owner)), ...(await examineOutsideStore(settings, log))];
  }
  try {
    return [
      well("hall", "No hall is open on the data folder."),
      await examinePort(settings.http),
      ...(await examineClosedHall({ settings, claim: claimed.claim, log })),
    ];
  } finally {
    await claimed.claim.release();
  }
}

async function examineOpenHall(owner: HallFile | undefined): Promise<Finding[]> {
  const stuck = (who: string, remedy: string) => [
    wrong("hall", `${who} has the data folder and does not answer.`, remedy),
  ];
  if (!owner) return stuck("Another process", "Wait a moment, then look again.");
  const { pid, url, socket, purpose, started_at } = owner;
  const answers = await within((signal) =>
    new ControlClient(socket).complete({ line: "", cursor: 0 }, signal),
  );
  if (answers === undefined) return stuck(`Process ${pid}`, `Look at its log, or end it: kill ${pid}`);
  const what = purpose === "server" ? `A hall is open at ${url ?? "its socket"}` : "A command is at work";
  const hall = well("hall", `${what} (process ${pid}, since ${started_at}).`);
  return url === undefined ? [hall] : [hall, ...(await examineHealth(url))];
}

async function examineHealth(url: string): Promise<Finding[]> {
  const answer = await within(async (signal) => await (await fetch(`${url}/health`, { signal })).json());
  const health = Health.safeParse(answer);
  if (!health.success) {
    return [
      wrong("http", `${url} does not answer as a hall.`, "See what listens there, and the hall's log."),
    ];
  }
  const { store, modules } = health.data;
  return [
    well("http", `${url} answers.`),
    store === "healthy"
      ? well("store", "The open hall reaches it.")
      : wrong(
          "store",
          "The open hall cannot reach its store.",
          "See that PostgreSQL runs, and the hall's log.",
        ),
    modules.failed === 0
      ? well("modules", `All ${modules.total} are started.`)
      : wrong(
          "modules",
          `${modules.failed} of ${modules.total} did not start.`,
          'Type "status" in the hall: it says why.',
        ),
  ];
}

/** A store by URL can be looked at beside an open hall; the embedded one is that hall's own. */
async function examineOutsideStore(settings: Settings, log: Logger): Promise<readonly Finding[]> {
  const { url } = settings.database;
  if (url === undefined) return [];
  return (await examineStore({ url, isEmbedded: false, log })).findings;
}

async function examineClosedHall(given: {
  settings: Settings;
  claim: Parameters<typeof openLocalHall>[0]["claim"];
  log: Logger;
}): Promise<Finding[]> {
  const { settings, log } = given;
  const cluster = path.join(settings.dataFolder, "store", "cluster");
  if (settings.database.url === undefined && !(await stat(cluster).catch(() => undefined))) {
    return [well("store", "There is none yet; the first start makes it.")];
  }
  let looked: Awaited<ReturnType<typeof examineStore>>;
  try {
    const store = await openStore(settings, log);
    try {
      looked = await examineStore({ ...store, log });
    } finally {
      await store.close();
    }
  } catch (error) {
    return [
      wrong(
        "store",
        `The hall's own PostgreSQL does not start: ${toError(error).message}`,
        "Mend what it names, or set GUILDHALL_DATABASE__URL to a PostgreSQL server elsewhere.",
      ),
    ];
  }
  if (!looked.isReady) return [...looked.findings];
  return [...looked.findings, ...(await examineModules(given))];
}

/** Opens the hall as any command of the terminal does, and asks how its modules are. */
async function examineModules(given: Parameters<typeof openLocalHall>[0]): Promise<Finding[]> {
  try {
    const local = await openLocalHall(given);
    try {
      const { reports } = local.hall.modules;
      const failed = reports.flatMap((report) =>
        report.state === "failed"
          ? [
              wrong(
                "modules",
                `${report.name} did not start: ${report.reason}`,
                "Mend what it names; everything else serves.",
              ),
            ]
          : [],
      );
      return failed.length > 0 ? failed : [well("modules", `All ${reports.length} start.`)];
    } finally {
      await local.stop({ graceMilliseconds: 10_000 });
    }
  } catch (error) {
    return [wrong("hall", `It does not open: ${toError(error).message}`, "Mend what it names.")];
  }
}

/** What some work gives, or undefined when it fails or takes too long. */
async function within<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work(AbortSignal.timeout(PATIENCE_MILLISECONDS));
  } catch {
    return undefined;
  }
}
