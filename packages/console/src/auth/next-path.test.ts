import { describe, expect, it } from "vitest";
import { nextPath } from "./next-path.ts";

describe("nextPath", () => {
  it("keeps a page of this site with its query and hash", () => {
    expect(nextPath("/threads/12?x=1#end")).toBe("/threads/12?x=1#end");
  });

  it.each([
    null,
    "",
    "/",
    "https://evil.example/",
    "//evil.example/x",
    "/\\evil.example",
    "/\t/evil.example",
  ])("refuses %j", (asked) => {
    expect(nextPath(asked)).toBe("/threads");
  });

  it.each(["/login?next=/login", "/setup#token", "/api/v1/users/me", "/a/..//evil.example"])(
    "does not lead to %s",
    (asked) => {
      expect(nextPath(asked)).toBe("/threads");
    },
  );
});
