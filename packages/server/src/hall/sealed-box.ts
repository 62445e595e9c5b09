import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { SecretKey } from "./secret-key.ts";

const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key of its own for each purpose. */
export class SealedBox {
  readonly #key: Uint8Array;

  constructor({ secretKey, purpose }: { secretKey: SecretKey; purpose: string }) {
    this.#key = secretKey.derive(`sealed ${purpose}`);
  }

  seal(content: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([
      nonce,
      cipher.update(content, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `${VERSION}.${sealed.toString("base64url")}`;
  }

  /** Undefined when it was sealed under another key, or changed since. */
  open(sealed: string): string | undefined {
    const [version, content = ""] = sealed.split(".");
    const bytes = Buffer.from(content, "base64url");
    if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8");
      return opened + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }
}
