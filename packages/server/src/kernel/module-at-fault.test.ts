import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actingAs } from "./acting-module.ts";
import { ModuleSuspects } from "./module-at-fault.ts";

describe("whose work a stack shows", () => {
  const places = new Map<string, string>();
  const suspects = new ModuleSuspects();
  beforeAll(() => {
    for (const name of ["outer", "inner", "bundled"]) {
      const place = realpathSync(mkdtempSync(path.join(tmpdir(), `suspect ${name} `)));
      places.set(name, place);
      suspects.add({ name, place, origin: name === "bundled" ? "bundled" : "folder" });
    }
  });
  afterAll(() => {
    for (const place of places.values()) rmSync(place, { recursive: true });
  });
  const file = (name: string) => path.join(places.get(name) ?? "", "index.ts");
  const stack = (...frames: string[]) =>
    ["Error: x", ...frames.map((frame) => `    at work (${frame}:1:2)`)].join("\n");
  const found = (text: string | undefined, options?: { elsewhere: boolean }) =>
    suspects.find(text, options)?.name;

  it("is that of the module whose file is topmost, by path or by URL", () => {
    expect(found(stack("node:fs", file("inner"), file("outer")))).toBe("inner");
    expect(found(stack(pathToFileURL(file("outer")).href, file("inner")))).toBe("outer");
    expect(suspects.find(stack(file("inner")))?.place).toBe(places.get("inner"));
  });

  it("is not that of one which only the message names", () => {
    expect(found(`Error: cannot read\n${file("outer")}\n${stack(file("inner"))}`)).toBe("inner");
    expect(found(`Error: ${file("outer")}\n    at node:fs:1:2`)).toBeUndefined();
  });

  it("may be looked for past what comes with the hall", () => {
    const both = stack(file("bundled"), file("outer"));
    expect(found(both)).toBe("bundled");
    expect(found(both, { elsewhere: true })).toBe("outer");
    expect(found(stack(file("bundled")), { elsewhere: true })).toBeUndefined();
  });

  it("is that in whose name it was begun, where no file tells", () => {
    actingAs("inner", () => {
      expect(found(stack("node:net"))).toBe("inner");
      expect(found(undefined, { elsewhere: true })).toBe("inner");
      expect(found(stack(file("outer")))).toBe("outer");
    });
    actingAs("bundled", () => {
      expect(found(stack("node:net"))).toBe("bundled");
      expect(found(stack("node:net"), { elsewhere: true })).toBeUndefined();
    });
    expect(found(stack("node:net"))).toBeUndefined();
  });
});
