import { fileURLToPath } from "node:url";

/** The hall's own program, as a person starts it. */
export const GUILDHALL = fileURLToPath(new URL("../../../packages/server/bin/guildhall.js", import.meta.url));

/** The arguments by which Node runs one of the bench's own programs on the workspace's sources. */
export function benchProgram(file: URL): string[] {
  return ["--conditions=guildhall-source", fileURLToPath(file)];
}

/** The embedded store's folder inside a data folder. */
export function storeFolder(dataFolder: string): string {
  return `${dataFolder}/store`;
}
