import { access, constants, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { doubtful, well, wrong, type Finding } from "./finding.ts";

const MEBIBYTE = 1024 * 1024;
/** With less than this a store soon cannot write. */
const LEAST_BYTES = 100 * MEBIBYTE;
const GOOD_BYTES = 1024 * MEBIBYTE;
const OTHERS = 0o077;

/** Whether the data folder can be used, is private, and has room on its disk. */
export async function examineDataFolder(folder: string): Promise<Finding[]> {
  const place = await nearestFolder(folder);
  const findings = [await usable(folder, place), await room(place)];
  if (place === folder) findings.push(...(await secretKey(folder)));
  return findings;
}

/** The folder itself, or the one in which it would be made. */
async function nearestFolder(folder: string): Promise<string> {
  for (let place = folder; ; place = path.dirname(place)) {
    if ((await stat(place).catch(() => undefined)) || place === path.dirname(place)) return place;
  }
}

async function usable(folder: string, place: string): Promise<Finding> {
  const found = await stat(place);
  if (!found.isDirectory()) {
    return wrong(
      "data folder",
      `${place} is not a folder.`,
      "Move it away, or name another folder by GUILDHALL_DATA.",
    );
  }
  const mayWrite = await access(place, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!mayWrite) {
    return wrong(
      "data folder",
      `This account may not write to ${place}.`,
      `Give it the folder (chown -R "$USER" ${place}), or name another by GUILDHALL_DATA.`,
    );
  }
  if (place !== folder) return well("data folder", `${folder} is not there yet; the first start makes it.`);
  if (process.platform !== "win32" && (found.mode & OTHERS) !== 0) {
    return doubtful(
      "data folder",
      `Other accounts of this machine may look into ${folder}.`,
      `Close it to them: chmod 700 ${folder}`,
    );
  }
  return well("data folder", `${folder} can be used.`);
}

async function room(place: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  const detail = `${Math.floor(free / MEBIBYTE).toLocaleString("en")} MiB are free on the disk of ${place}.`;
  const remedy = "Free some space, or move the data folder to a larger disk.";
  if (free < LEAST_BYTES) return wrong("disk", detail, remedy);
  return free < GOOD_BYTES ? doubtful("disk", detail, remedy) : well("disk", detail);
}

async function secretKey(folder: string): Promise<Finding[]> {
  const file = path.join(folder, "secret.key");
  const found = await stat(file).catch(() => undefined);
  if (!found || process.platform === "win32" || (found.mode & OTHERS) === 0) return [];
  return [
    wrong(
      "secret key",
      `Other accounts of this machine may read ${file}, and so sign in as anybody.`,
      `Close it to them: chmod 600 ${file}`,
    ),
  ];
}
