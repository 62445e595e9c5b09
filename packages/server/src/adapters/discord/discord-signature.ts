import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { Clock } from "@guildhall/sdk";

/** How far a request's time may lie from ours, either way, in seconds. */
export const SIGNATURE_WINDOW_SECONDS = 300;

/** What a signature says about a request. */
export type SignatureVerdict = "valid" | "missing" | "invalid" | "stale";

/** The DER header of an Ed25519 public key (RFC 8410, section 4), behind which its 32 bytes stand. */
const SPKI_HEADER = Buffer.from("302a300506032b6570032100", "hex");
const SIGNATURE = /^[0-9a-f]{128}$/i;
const SECONDS = /^\d{1,12}$/;

/**
 * Checks that a request was signed by Discord for this application: Ed25519 (RFC 8032) over the timestamp and the
 * body's bytes (https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint).
 */
export class DiscordSignature {
  readonly #key: KeyObject;
  readonly #clock: Clock;

  /** @throws Error when `publicKey` is not 64 hexadecimal digits */
  constructor({ publicKey, clock }: { readonly publicKey: string; readonly clock: Clock }) {
    const bytes = Buffer.from(publicKey, "hex");
    this.#key = createPublicKey({ key: Buffer.concat([SPKI_HEADER, bytes]), format: "der", type: "spki" });
    this.#clock = clock;
  }

  /** Judges a request by the headers `X-Signature-Ed25519` and `X-Signature-Timestamp` and its raw body. */
  judge(request: {
    readonly signature: string | undefined;
    readonly timestamp: string | undefined;
    readonly body: Uint8Array;
  }): SignatureVerdict {
    const { signature, timestamp, body } = request;
    if (signature === undefined || timestamp === undefined) return "missing";
    if (!SIGNATURE.test(signature) || !SECONDS.test(timestamp)) return "invalid";
    const signed = Buffer.concat([Buffer.from(timestamp), body]);
    if (!verify(null, signed, this.#key, Buffer.from(signature, "hex"))) return "invalid";
    const age = this.#clock.now().getTime() / 1000 - Number(timestamp);
    return Math.abs(age) > SIGNATURE_WINDOW_SECONDS ? "stale" : "valid";
  }
}
