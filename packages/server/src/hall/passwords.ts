import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

// The first recommendation of OWASP's Password Storage Cheat Sheet for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB = 19_456;
const PASSES = 2;
const TAG_BYTES = 32;

const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/** Hashes a password with Argon2id into the PHC string format, salt and costs included. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await compute(password, { nonce, memory: MEMORY_KIB, passes: PASSES });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${encode(nonce)}$${encode(tag)}`;
}

/** Whether the password made this hash. Without a hash it takes as long and is false, so that time tells nothing. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([^$]+)\$([^$]+)$/.exec(hash ?? "");
  if (!match) {
    await compute(password, { nonce: Buffer.alloc(16), memory: MEMORY_KIB, passes: PASSES });
    return false;
  }
  const [, memory, passes, nonce = "", tag = ""] = match;
  const computed = await compute(password, {
    nonce: Buffer.from(nonce, "base64"),
    memory: Number(memory),
    passes: Number(passes),
  });
  const expected = Buffer.from(tag, "base64");
  return expected.length === computed.length && timingSafeEqual(expected, computed);
}

async function compute(
  password: string,
  { nonce, memory, passes }: { nonce: Uint8Array; memory: number; passes: number },
): Promise<Buffer> {
  return await derive("argon2id", {
    // One form for the same letters, however a keyboard composes them.
    message: Buffer.from(password.normalize("NFC")),
    nonce,
    parallelism: 1,
    tagLength: TAG_BYTES,
    memory,
    passes,
  });
}
