import { createHash, randomBytes } from "node:crypto";
import type { Objects } from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const text = new TextEncoder();

/** All of an object as text; undefined when there is none. */
export async function contentOf(objects: Objects, key: string): Promise<string | undefined> {
  const content = await objects.get(key);
  if (!content) return undefined;
  return Buffer.concat(await Array.fromAsync(content)).toString();
}

/** The keys below a prefix, sorted. */
export async function keysOf(objects: Objects, prefix = ""): Promise<string[]> {
  return (await Array.fromAsync(objects.list(prefix))).map(({ key }) => key).toSorted();
}

/**
 * What every store of objects does, by one suite.
 *
 * @param options.hasPages false for s3rver, which makes its page tokens by what Node no longer has
 */
export function objectsSuite(
  name: string,
  open: () => Promise<{ objects: Objects; close: () => Promise<void> }>,
  { hasPages = true }: { readonly hasPages?: boolean } = {},
): void {
  describe(`objects ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>> | undefined;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => await opened?.close());
    const objects = () => {
      if (!opened) throw new Error("the objects are open only while tests run");
      return opened.objects;
    };
    let turns = 0;
    const fresh = () => `suite-${(turns += 1)}`;

    it("gives back what was put, with its size and sum", async () => {
      const key = `${fresh()}/deep/er/one.txt`;
      const put = await objects().put(key, text.encode("h\u00E9llo"));
      expect(put).toEqual({ size: 6, sha256: createHash("sha256").update("h\u00E9llo").digest("hex") });
      expect(await contentOf(objects(), key)).toBe("h\u00E9llo");
      await objects().put(key, text.encode("another"));
      expect(await contentOf(objects(), key)).toBe("another");
    });

    it("keeps empty content", async () => {
      const key = fresh();
      expect((await objects().put(key, new Uint8Array())).size).toBe(0);
      expect(await contentOf(objects(), key)).toBe("");
    });

    it("says undefined of what is not there, and removes it without a fault", async () => {
      const key = fresh();
      expect(await objects().get(key)).toBeUndefined();
      await objects().delete(key);
      await objects().put(key, text.encode("x"));
      await objects().delete(key);
      expect(await objects().get(key)).toBeUndefined();
    });

    it("takes streams of any size, in pieces of any size", async () => {
      const key = fresh();
      const piece = randomBytes(300_001);
      const hash = createHash("sha256");
      const { size, sha256 } = await objects().put(
        key,
        (async function* () {
          for (let turn = 0; turn < 40; turn += 1) {
            hash.update(piece);
            yield piece;
          }
        })(),
      );
      expect(size).toBe(40 * piece.byteLength);
      expect(sha256).toBe(hash.digest("hex"));
      let read = 0;
      for await (const bytes of (await objects().get(key, { sha256 })) ?? []) read += bytes.byteLength;
      expect(read).toBe(size);
    });

    it("stores nothing of a stream that breaks", async () => {
      const key = fresh();
      await objects().put(key, text.encode("before"));
      const broken = objects().put(
        key,
        (async function* () {
          yield text.encode("half");
          throw new Error("the source broke");
        })(),
      );
      await expect(broken).rejects.toThrow("the source broke");
      expect(await contentOf(objects(), key)).toBe("before");
    });

    it("refuses to put over an object when it is to be absent", async () => {
      const key = fresh();
      await objects().put(key, text.encode("first"), { ifAbsent: true });
      const second = objects().put(key, text.encode("second"), { ifAbsent: true });
      await expect(second).rejects.toMatchObject({ code: "exists" });
      expect(await contentOf(objects(), key)).toBe("first");
    });

    it("tells damaged content from whole", async () => {
      const key = fresh();
      const { sha256 } = await objects().put(key, text.encode("as it was"));
      const whole = await objects().get(key, { sha256 });
      expect(Buffer.concat(await Array.fromAsync(whole ?? [])).toString()).toBe("as it was");
      await objects().put(key, text.encode("as it waz"));
      const damaged = (await objects().get(key, { sha256 })) ?? [];
      await expect(Array.fromAsync(damaged)).rejects.toMatchObject({ code: "corrupt" });
    });

    it("lists by prefix", async () => {
      const base = fresh();
      const names = ["a-b", "a/b", "a/c/d", "ab", "b", "B"].map((one) => `${base}/${one}`);
      for (const key of names) await objects().put(key, text.encode(key));
      expect(await keysOf(objects(), `${base}/`)).toEqual(names.toSorted());
      expect(await keysOf(objects(), `${base}/a/`)).toEqual([`${base}/a/b`, `${base}/a/c/d`]);
      expect(await keysOf(objects(), `${base}/a`)).toHaveLength(4);
      expect(await keysOf(objects(), `${base}/none`)).toEqual([]);
      const [first] = await Array.fromAsync(objects().list(`${base}/a-b`));
      expect(first?.size).toBe(names[0]?.length);
      expect(Math.abs(Date.now() - (first?.storedAt.getTime() ?? 0))).toBeLessThan(3_600_000);
    });

    if (hasPages) {
      it("lists more than a page", async () => {
        const keys = Array.from({ length: 1003 }, (_, index) => `pages/${index}`);
        for (let at = 0; at < keys.length; at += 50) {
          await Promise.all(keys.slice(at, at + 50).map((key) => objects().put(key, new Uint8Array(1))));
        }
        expect(await keysOf(objects(), "pages/")).toEqual(keys.toSorted());
      });
    }

    it.each(["", "/a", "a/", "a//b", "../a", "a/../b", ".", "a:b", "a b", "\u00E9", "x".repeat(513)])(
      "refuses the key %j",
      async (key) => {
        await expect(objects().put(key, text.encode("x"))).rejects.toThrow(RangeError);
        await expect(objects().get(key)).rejects.toThrow(RangeError);
        await expect(objects().delete(key)).rejects.toThrow(RangeError);
      },
    );

    it("stops when it is told to", async () => {
      const signal = AbortSignal.abort(new Error("enough"));
      const key = fresh();
      await expect(objects().put(key, text.encode("x"), { signal })).rejects.toThrow("enough");
      await expect(objects().get(key, { signal })).rejects.toThrow("enough");
      await expect(Array.fromAsync(objects().list("", { signal }))).rejects.toThrow("enough");
    });
  });
}
