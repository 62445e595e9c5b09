import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SealedBox } from "./sealed-box.ts";
import { SecretKey } from "./secret-key.ts";

const secretKey = new SecretKey(Buffer.from("a key for tests that is long enough"));
const box = new SealedBox({ secretKey, purpose: "tests" });

describe("a sealed box", () => {
  it("gives back what was sealed, and shows nothing of it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, unit: "grapheme" }), (content) => {
        const sealed = box.seal(content);
        expect(box.open(sealed)).toBe(content);
        expect(sealed).not.toContain(content);
        expect(box.seal(content)).not.toBe(sealed);
      }),
    );
  });

  it("opens nothing that was changed, cut, or sealed for another purpose or under another key", () => {
    const sealed = box.seal("xoxb-secret");
    const other = new SealedBox({ secretKey, purpose: "others" });
    const foreign = new SealedBox({ secretKey: new SecretKey(Buffer.alloc(32, 7)), purpose: "tests" });
    const flipped = sealed.slice(0, -2) + (sealed.at(-2) === "A" ? "B" : "A") + sealed.slice(-1);
    for (const wrong of [flipped, sealed.slice(0, 20), "", "v1.", `v2${sealed.slice(2)}`]) {
      expect(box.open(wrong)).toBeUndefined();
    }
    expect(other.open(sealed)).toBeUndefined();
    expect(foreign.open(sealed)).toBeUndefined();
  });
});
