import { describe, expect, it } from "vitest";
import { distinctLines, recall } from "./line-history.ts";

const lines = ["help", "roll 1d20", "status"];

describe("recall", () => {
  it("goes back line by line and returns to the draft", () => {
    const first = recall({ lines, place: { back: 0, draft: "ro" }, step: 1 });
    expect(first).toEqual({ text: "status", place: { back: 1, draft: "ro" } });
    expect(recall({ lines, place: { back: 1, draft: "ro" }, step: -1 })?.text).toBe("ro");
  });

  it("stops at both ends", () => {
    expect(recall({ lines, place: { back: 3, draft: "" }, step: 1 })).toBeUndefined();
    expect(recall({ lines, place: { back: 0, draft: "" }, step: -1 })).toBeUndefined();
    expect(recall({ lines: [], place: { back: 0, draft: "" }, step: 1 })).toBeUndefined();
  });
});

describe("distinctLines", () => {
  it("drops repetitions in a row and empty lines", () => {
    expect(distinctLines(["a", "a", "", "b", "a"])).toEqual(["a", "b", "a"]);
  });
});
