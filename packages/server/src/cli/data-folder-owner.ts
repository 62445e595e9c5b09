import { claimDataFolder, type DataFolderClaim, type HallFile } from "../data/data-folder.ts";

const OWNER_PATIENCE_MILLISECONDS = 10_000;
const OWNER_POLL_MILLISECONDS = 50;

/** Another process owns the data folder and did not become reachable in time. */
export class DataFolderBusyError extends Error {
  readonly code = "data_folder_busy";
}

/** Who has a data folder: this process now, or another that can be reached. */
export type Ownership =
  | { readonly kind: "owned"; readonly claim: DataFolderClaim }
  | { readonly kind: "other"; readonly owner: HallFile };

/**
 * Claims a data folder, or finds who has it; waits up to 10 s for an owner that is just coming or going.
 *
 * @param options.mayUse whether an owner will do; while it will not, the wait goes on
 * @throws DataFolderBusyError
 */
export async function claimOrFind(options: {
  readonly folder: string;
  readonly purpose: HallFile["purpose"];
  readonly mayUse: (owner: HallFile) => boolean | Promise<boolean>;
}): Promise<Ownership> {
  const deadline = performance.now() + OWNER_PATIENCE_MILLISECONDS;
  for (;;) {
    const result = await claimDataFolder({ folder: options.folder, purpose: options.purpose });
    if (result.owned) return { kind: "owned", claim: result.claim };
    if (result.owner && (await options.mayUse(result.owner))) return { kind: "other", owner: result.owner };
    if (performance.now() > deadline) {
      const who = result.owner ? `process ${result.owner.pid}` : "another process";
      throw new DataFolderBusyError(
        `The data folder ${options.folder} is in use by ${who}, which does not answer: wait for it, stop it, or name another folder by GUILDHALL_DATA.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, OWNER_POLL_MILLISECONDS));
  }
}

/**
 * Claims a data folder for work that needs its store whole; waits as {@link claimOrFind} for a command that is at work.
 *
 * @throws DataFolderBusyError, at once when a hall is open on it
 */
export async function claimWhole(folder: string): Promise<DataFolderClaim> {
  const isServer = (owner: HallFile) => owner.purpose === "server";
  const ownership = await claimOrFind({ folder, purpose: "terminal", mayUse: isServer });
  if (ownership.kind === "owned") return ownership.claim;
  throw new DataFolderBusyError(
    `A hall is open on the data folder ${folder}, in process ${ownership.owner.pid}: stop it, and do this again.`,
  );
}
