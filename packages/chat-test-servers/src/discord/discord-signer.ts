import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** The headers that Discord puts on a signed request. */
export interface SignedHeaders {
  readonly "x-signature-ed25519": string;
  readonly "x-signature-timestamp": string;
}

/** Signs requests as Discord does, with a key pair of its own: Ed25519 over the timestamp and the body. */
export class DiscordSigner {
  /** The public key as the Developer Portal shows it: 64 hexadecimal digits. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    // The last 32 bytes of the DER form are the key itself (RFC 8410, section 4).
    this.publicKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
    this.#privateKey = privateKey;
  }

  /** The headers for a body at an instant. */
  sign(body: string, at: Date): SignedHeaders {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const signature = sign(null, Buffer.from(timestamp + body), this.#privateKey).toString("hex");
    return { "x-signature-ed25519": signature, "x-signature-timestamp": timestamp };
  }
}
