import { createHash, randomBytes } from "node:crypto";

/** A new secret for a link, a cookie or a token: 256 random bits, in base64url. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The SHA-256 of such a secret, which is all that the store keeps of it: a random secret needs no slow hash. */
export function secretDigest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
