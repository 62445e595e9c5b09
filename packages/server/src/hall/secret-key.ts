import { hkdfSync, randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const KEY_FILE = "secret.key";
const MINIMUM_LENGTH = 32;

/** The one secret of a hall, from which each use derives a key of its own. */
export class SecretKey {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    if (secret.length < MINIMUM_LENGTH) {
      throw new RangeError(
        `The secret key is too short: give GUILDHALL_SECRET_KEY at least ${MINIMUM_LENGTH} characters, for example from "openssl rand -hex 32".`,
      );
    }
    this.#secret = secret;
  }

  /** A 256-bit key for one purpose (HKDF, RFC 5869). */
  derive(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync("sha256", this.#secret, "guildhall", purpose, 32));
  }
}

/** The key given by configuration, or the one kept in the data folder, made there at the first start (mode 0600). */
export async function loadSecretKey(options: {
  folder: string;
  configured: string | undefined;
}): Promise<SecretKey> {
  if (options.configured !== undefined) return new SecretKey(Buffer.from(options.configured));
  const file = path.join(options.folder, KEY_FILE);
  const existing = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (existing) return new SecretKey(existing);
  // Written apart and linked in one step, so that a crash leaves no half a key.
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, randomBytes(MINIMUM_LENGTH), { mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(draft);
  }
  return new SecretKey(await readFile(file));
}
