import { generateKeyPairSync, sign } from "node:crypto";
import { verifyKey } from "discord-interactions";
import fc from "fast-check";
import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { DiscordSignature, SIGNATURE_WINDOW_SECONDS } from "./discord-signature.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const now = String(NOW.getTime() / 1000);

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const hexKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");

function signed(body: string, timestamp = now): string {
  return sign(null, Buffer.from(timestamp + body), privateKey).toString("hex");
}

function verifier(key = hexKey): DiscordSignature {
  return new DiscordSignature({ publicKey: key, clock: { now: () => NOW } });
}

describe("a request's signature", () => {
  it("is taken when it is Discord's, fresh and of this very body", () => {
    const body = Buffer.from('{"type":1}');
    const judge = (timestamp: string, signature: string) => verifier().judge({ signature, timestamp, body });
    expect(judge(now, signed('{"type":1}'))).toBe("valid");
    expect(judge(now, signed('{"type":1}').toUpperCase())).toBe("valid");
    expect(judge(now, signed('{"type":2}'))).toBe("invalid");
    expect(judge(String(Number(now) + 1), signed('{"type":1}'))).toBe("invalid");
  });

  it("is refused when a header is missing or has another form", () => {
    const body = Buffer.from("{}");
    expect(verifier().judge({ signature: undefined, timestamp: now, body })).toBe("missing");
    expect(verifier().judge({ signature: signed("{}"), timestamp: undefined, body })).toBe("missing");
    expect(verifier().judge({ signature: `${signed("{}")}00`, timestamp: now, body })).toBe("invalid");
    expect(verifier().judge({ signature: "x".repeat(128), timestamp: now, body })).toBe("invalid");
    expect(verifier().judge({ signature: signed("{}", "soon"), timestamp: "soon", body })).toBe("invalid");
  });

  it("is refused outside the window, in the past and in the future", () => {
    const body = Buffer.from("{}");
    const at = (offset: number) => {
      const timestamp = String(Number(now) + offset);
      return verifier().judge({ signature: signed("{}", timestamp), timestamp, body });
    };
    expect(at(-SIGNATURE_WINDOW_SECONDS)).toBe("valid");
    expect(at(SIGNATURE_WINDOW_SECONDS)).toBe("valid");
    expect(at(-SIGNATURE_WINDOW_SECONDS - 1)).toBe("stale");
    expect(at(SIGNATURE_WINDOW_SECONDS + 1)).toBe("stale");
  });

  it("agrees with two verifiers that others wrote, for good and for spoilt requests", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.boolean(), fc.nat(63), async (body, spoil, at) => {
        const bytes = Buffer.from(signed(body), "hex");
        if (spoil) bytes[at] = (bytes[at] ?? 0) ^ 1;
        const signature = bytes.toString("hex");
        const ours = verifier().judge({ signature, timestamp: now, body: Buffer.from(body) });
        const naclSays = nacl.sign.detached.verify(
          Buffer.from(now + body),
          bytes,
          Buffer.from(hexKey, "hex"),
        );
        expect(ours === "valid").toBe(naclSays);
        expect(ours === "valid").toBe(await verifyKey(Buffer.from(body), signature, now, hexKey));
        expect(ours === "valid").toBe(!spoil);
      }),
      { numRuns: 50 },
    );
  });
});
