/**
 * What went wrong with the embedded PostgreSQL:
 * - `embedded_store_unavailable`: it cannot run on this platform or in this installation;
 * - `embedded_store_unwritable`: its folder cannot be entered or written;
 * - `embedded_store_disk_full`: its disk is full;
 * - `embedded_store_in_use`: another running process holds the same store;
 * - `embedded_store_incompatible`: the files were made by another major version of PostgreSQL;
 * - `embedded_store_failed`: anything else; the last log lines are in the message.
 */
export type EmbeddedStoreErrorCode =
  | "embedded_store_unavailable"
  | "embedded_store_unwritable"
  | "embedded_store_disk_full"
  | "embedded_store_in_use"
  | "embedded_store_incompatible"
  | "embedded_store_failed";

/** The embedded PostgreSQL could not be started. The message is a sentence which says what to do. */
export class EmbeddedStoreError extends Error {
  override readonly name = "EmbeddedStoreError";
  readonly code: EmbeddedStoreErrorCode;

  constructor(code: EmbeddedStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The `code` of a system error (`ENOENT`, `EACCES`, ..), or undefined for any other value. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** A failure to touch the store's folder, as the error a person can act on; other errors come back unchanged. */
export function folderError(error: unknown, folder: string): unknown {
  switch (systemErrorCode(error) ?? "") {
    case "ENOSPC":
    case "EDQUOT":
      return diskFull(folder, error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
      return unwritable(folder, error);
    default:
      return error;
  }
}

/** Why PostgreSQL or initdb ended early, read from its last log lines. */
export function diagnose(options: {
  readonly what: string;
  readonly folder: string;
  readonly lines: readonly string[];
}): EmbeddedStoreError {
  const text = options.lines.join("\n");
  if (/No space left on device|Disk quota exceeded/.test(text)) return diskFull(options.folder);
  if (HELD.test(text)) return inUse(options.folder);
  if (/database files are incompatible with server|not compatible with this version/.test(text)) {
    return new EmbeddedStoreError(
      "embedded_store_incompatible",
      `The files in ${options.folder} were made by another version of PostgreSQL. ` +
        `Start the release of Guildhall that made them and carry the data over with "guildhall migrate --from --to".\n${text}`,
    );
  }
  if (/Permission denied|Read-only file system|has wrong ownership/.test(text)) {
    return unwritable(options.folder, new Error(text));
  }
  if (/error while loading shared libraries|Exec format error|: not found$|cannot execute/m.test(text)) {
    return unavailable(`its programs do not run here:\n${text}`);
  }
  return new EmbeddedStoreError(
    "embedded_store_failed",
    `${options.what} in ${options.folder} failed. Mend what its last lines name and start again:\n${text || "(it wrote nothing)"}`,
  );
}

/** The error for a platform or an installation without working programs. `reason` follows a colon. */
export function unavailable(reason: string, cause?: unknown): EmbeddedStoreError {
  return new EmbeddedStoreError(
    "embedded_store_unavailable",
    `Embedded PostgreSQL is not available on this platform (${process.platform}-${process.arch}): ${reason}. ` +
      "Set GUILDHALL_DATABASE__URL to a PostgreSQL server, version 15 or newer.",
    { cause },
  );
}

/** The error for a store that another running process holds. */
export function inUse(folder: string): EmbeddedStoreError {
  return new EmbeddedStoreError(
    "embedded_store_in_use",
    `Another running process holds the store in ${folder}. Stop it, or choose another data folder.`,
  );
}

function diskFull(folder: string, cause?: unknown): EmbeddedStoreError {
  return new EmbeddedStoreError(
    "embedded_store_disk_full",
    `The disk that holds ${folder} is full. Free some space (a new store needs about 60 MB) and start again.`,
    { cause },
  );
}

function unwritable(folder: string, cause: unknown): EmbeddedStoreError {
  const detail = cause instanceof Error ? ` (${cause.message})` : "";
  return new EmbeddedStoreError(
    "embedded_store_unwritable",
    `The store's folder ${folder} cannot be used by the account that runs PostgreSQL${detail}. ` +
      "Give that account the folder and passage through the folders above it, or choose another data folder.",
    { cause },
  );
}

const HELD = /lock file "[^"]*" already exists|pre-existing shared memory block|store lock is held/;
