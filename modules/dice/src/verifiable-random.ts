import { BufferedRandom, type RandomSource } from "@guildhall/dice-engine";
import { LineRefusedError, type Random } from "@guildhall/sdk";

/** What one verifiable roll is made of. */
export interface RollSeed {
  /** 64 hexadecimal digits; known to the hall alone until it is revealed. */
  readonly secret: string;
  readonly session: string;
  /** Counts the rolls of a session from 1. */
  readonly counter: number;
  /** Chosen by the players after the commitment, so that the hall cannot choose a secret that suits it. */
  readonly nonce: string;
}

const SECRET_WORDS = 8;
// Ten thousand dice take no more than four bytes each, and at most every second is thrown away.
const STREAM_BYTES = 262_144;
const SECRET = /^[0-9a-f]{64}$/;

/** A secret of 256 random bits. */
export function newSecret(random: Random): string {
  return Array.from({ length: SECRET_WORDS }, () =>
    random.integer(0, 0xffffffff).toString(16).padStart(8, "0"),
  ).join("");
}

/** What is published before the first roll: the SHA-256 of the secret's bytes. */
export async function commitmentOf(secret: string): Promise<string> {
  return toHex(await crypto.subtle.digest("SHA-256", bytesOf(secret)));
}

/**
 * The source of one roll: HMAC-SHA-256 of `session:counter:nonce` under the secret is the key of AES-256 in counter
 * mode (NIST SP 800-38A, counter from 0), whose key stream is the bytes that the dice are made of.
 */
export async function randomOf({ secret, session, counter, nonce }: RollSeed): Promise<RandomSource> {
  const message = new TextEncoder().encode(`${session}:${counter}:${nonce}`);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const secretKey = await crypto.subtle.importKey("raw", bytesOf(secret), hmac, false, ["sign"]);
  const seed = await crypto.subtle.sign("HMAC", secretKey, message);
  const key = await crypto.subtle.importKey("raw", seed, "AES-CTR", false, ["encrypt"]);
  const counterMode = { name: "AES-CTR", counter: new Uint8Array(16), length: 64 };
  const stream = new Uint8Array(await crypto.subtle.encrypt(counterMode, key, new Uint8Array(STREAM_BYTES)));
  let used = 0;
  const random = new BufferedRandom((block) => {
    if (used + block.length > stream.length) {
      throw new LineRefusedError("That is more chance than one verifiable roll has: roll fewer dice.", {
        code: "expression_limit",
        limit: "draws",
      });
    }
    block.set(stream.subarray(used, used + block.length));
    used += block.length;
  });
  // Not the buffer itself: the engine would take several small dice from a byte of it, which is not what was promised.
  return { below: (span) => random.below(span) };
}

/** Whether a text is a secret as {@link newSecret} makes them. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(secret.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
