import { open } from "node:fs/promises";

/** Puts on the disk which names a folder holds: a new name, or a renaming, is there only then. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
