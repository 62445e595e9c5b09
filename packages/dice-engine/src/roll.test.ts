import { describe, expect, it } from "vitest";
import type { DialectName } from "./dialect.ts";
import { DiceError } from "./dice-error.ts";
import type { RollDetail } from "./roll-result.ts";
import { Roller } from "./roller.ts";

function lay(text: string, faces: readonly number[], dialect: DialectName = "guildhall"): RollDetail {
  return new Roller(text, { dialect }).rollFaces(faces);
}

function fates({ dice }: RollDetail): string {
  return dice.map(({ face, fate }) => `${face} ${fate}`).join(", ");
}

describe("guildhall", () => {
  it.each([
    ["1d20+5", [7], 12, "7 kept"],
    ["d6", [3], 3, "3 kept"],
    ["4d6kh3", [3, 1, 6, 4], 13, "3 kept, 1 dropped, 6 kept, 4 kept"],
    ["4d6dl1", [3, 1, 6, 4], 13, "3 kept, 1 dropped, 6 kept, 4 kept"],
    ["4d6kl1", [3, 1, 6, 4], 1, "3 dropped, 1 kept, 6 dropped, 4 dropped"],
    ["5d6km3", [1, 2, 3, 4, 5], 9, "1 dropped, 2 kept, 3 kept, 4 kept, 5 dropped"],
    ["2d6k>4", [5, 2], 5, "5 kept, 2 dropped"],
    ["3d6!", [6, 1, 2, 6, 3], 18, "6 exploded, 1 kept, 2 kept, 6 exploded, 3 kept"],
    ["2d6!o", [6, 1, 6], 13, "6 exploded, 1 kept, 6 kept"],
    ["1d6!!", [6, 6, 2], 14, "6 exploded, 6 exploded, 2 kept"],
    ["1d6!p", [6, 6, 2], 12, "6 exploded, 6 exploded, 2 kept"],
    ["2d6r1", [1, 4, 1, 5], 9, "1 rerolled, 4 kept, 1 rerolled, 5 kept"],
    ["2d6ro1", [1, 4, 1], 5, "1 rerolled, 4 kept, 1 kept"],
    ["1d6ra1", [1, 5], 6, "1 kept, 5 kept"],
    ["3d6min3", [1, 3, 6], 12, "1 clamped, 3 kept, 6 kept"],
    ["3d6max3", [1, 3, 6], 7, "1 kept, 3 kept, 6 clamped"],
    ["5d10>=8", [8, 7, 10, 1, 9], 3, "8 kept, 7 kept, 10 kept, 1 kept, 9 kept"],
    ["5d10>=8f1", [8, 7, 10, 1, 1], 0, "8 kept, 7 kept, 10 kept, 1 kept, 1 kept"],
    ["5d10>=7ds10", [8, 7, 10, 1, 1], 4, "8 kept, 7 kept, 10 kept, 1 kept, 1 kept"],
    ["3d6even", [2, 3, 4], 2, "2 kept, 3 kept, 4 kept"],
    ["3d6u", [2, 2, 4, 2, 5], 11, "2 kept, 2 rerolled, 4 kept, 2 rerolled, 5 kept"],
    ["4d6mt2", [2, 2, 4, 4], 2, "2 kept, 2 kept, 4 kept, 4 kept"],
    ["3d6ms>10", [4, 4, 4], 2, "4 kept, 4 kept, 4 kept"],
    ["1d20adv1", [4, 17], 17, "4 dropped, 17 kept"],
    ["4dF", [-1, 0, 1, 1], 1, "-1 kept, 0 kept, 1 kept, 1 kept"],
    ["d%%+z10", [90, 9], 99, "90 kept, 9 kept"],
    ["{4d6+2d8}kh2", [1, 2, 3, 4, 8, 7], 15, "1 dropped, 2 dropped, 3 dropped, 4 dropped, 8 kept, 7 kept"],
    ["{2d6, 1d8+1}kh1", [1, 2, 4], 5, "1 dropped, 2 dropped, 4 kept"],
    ["(1d4)d6", [2, 3, 4], 7, "2 kept, 3 kept, 4 kept"],
    ["2d(1d6)", [4, 3, 2], 5, "4 kept, 3 kept, 2 kept"],
    ["if(1d6==6, 10, 1d4)", [6, 2], 10, "6 kept, 2 kept"],
  ])("%s with %j", (text, faces, total, expected) => {
    const roll = lay(text, faces);
    expect(roll.total).toBe(total);
    expect(fates(roll)).toBe(expected);
    expect(roll.source).toBe("faces");
  });

  it("sums by label, term by term", () => {
    const roll = lay("1d6[fire]+2d8[cold]-1d4[fire]+3", [6, 1, 2, 4]);
    expect(roll.labels).toEqual({ fire: 2, cold: 3 });
    expect(roll.terms.map(({ text, subtotal }) => [text, subtotal])).toEqual([
      ["1d6[fire]", 6],
      ["2d8[cold]", 3],
      ["-1d4[fire]", -4],
      ["3", 3],
    ]);
  });

  it("repeats, each result apart", () => {
    const roll = lay("2#2d6", [1, 2, 3, 4]);
    expect(roll.repeats.map(({ total }) => total)).toEqual([3, 7]);
    expect(roll.total).toBe(10);
  });

  it.each([
    ["7/2", "3.5"],
    ["1/3", "0.333333"],
    ["0.1+0.2", "0.3"],
    ["-7//2", "-4"],
    ["-7%3", "2"],
    ["2+3*4", "14"],
    ["-2**2", "-4"],
    ["2**3**2", "512"],
    ["2**-1", "0.5"],
    ["round(7/2)", "4"],
    ["round(-7/2)", "-4"],
    ["min(3, 1, 2)+max(1, 4)", "5"],
    ["10-4-3", "3"],
    ["10-(4-3)", "9"],
  ])("%s is %s", (text, shown) => {
    expect(lay(text, []).shown).toBe(shown);
  });

  it("divides by no zero", () => {
    expect(() => lay("1/0", [])).toThrow(DiceError);
    expect(() => lay("1/(1d6-1)", [1])).toThrow("divides by zero");
  });

  it.each([
    [[20], "critical success", true],
    [[15], "success", true],
    [[14], "failure", false],
    [[5], "critical failure", false],
    [[1], "critical failure", false],
  ] as const)("checks %j against 15", (faces, degree, passed) => {
    expect(lay("1d20 vs 15", faces)).toMatchObject({ degree, passed, total: faces[0] });
  });

  it("compares a sum, and says that it is a comparison", () => {
    expect(lay("1d20+5>=15", [10])).toMatchObject({ total: 1, passed: true });
    expect(lay("(2d6+1d8)>=10", [1, 1, 1])).toMatchObject({ total: 0, passed: false });
    expect(lay("5d6>=5", [5, 5, 1, 1, 1])).toMatchObject({ total: 2, passed: null, successes: 2 });
  });
});

describe("faces", () => {
  it.each([
    ["4d6kh3", [1, 2, 3], "needs more"],
    ["4d6kh3", [1, 2, 3, 4, 5], "needs only 4"],
    ["4d6kh3", [1, 2, 3, 7], "face number 4 is 7"],
  ])("%s refuses %j", (text, faces, words) => {
    expect(() => lay(text, faces)).toThrow(words);
    expect(() => lay(text, faces)).toThrow(DiceError);
  });
});

describe("the same letters in other dialects", () => {
  it.each([
    ["roll20", "3d6>3", [3, 4, 2], 2],
    ["roll20", "4d6d1", [1, 2, 3, 4], 9],
    ["roll20", "2d6r1", [1, 4, 1, 5], 9],
    ["foundry", "2d6r1", [1, 4, 1], 5],
    ["foundry", "2d6rr1", [1, 4, 1, 5], 9],
    ["foundry", "3d6cs>3", [3, 4, 5], 2],
    ["foundry", "3d6cf<3", [1, 2, 5], 2],
    ["foundry", "3d6df1", [1, 2, 5], 6],
    ["foundry", "3d6sf1", [1, 2, 5], 6],
    ["foundry", "3d10x2=10", [10, 10, 10, 1, 2], 33],
    ["avrae", "4d6k3", [3, 3, 1, 6], 6],
    ["avrae", "4d6kh1kl1", [3, 2, 5, 4], 7],
    ["avrae", "d%", [90], 90],
    ["avrae", "2d6rr<3", [1, 4, 2, 5], 9],
    ["maiden", "2d6 e5", [5, 1, 6], 12],
    ["maiden", "2d6 ie6", [6, 1, 6, 2], 15],
    ["maiden", "4d6 k3 + 2", [1, 2, 3, 4], 11],
    ["maiden", "2d6 r2", [2, 5, 1], 6],
    ["maiden", "4d10 f1 t8", [8, 1, 10, 2], 1],
    ["maiden", "4d10 f1 t8 c", [8, 1, 10, 2], 2],
    ["maiden", "1d10 i1 e10", [1, 4], -3],
    ["maiden", "2d6 ie6 adv1", [6, 2, 1, 3], 11],
    ["maiden", "6d10 t7 ds10", [7, 10, 1, 1, 1, 1], 3],
    ["maiden", "7/2", [], 3],
  ] as const)("%s: %s with %j", (dialect, text, faces, total) => {
    expect(lay(text, faces, dialect).total).toBe(total);
  });

  it.each([
    ["d20", [7], 7],
    ["4d6k3", [3, 1, 6, 4], 13],
    ["4d6kl1", [3, 1, 6, 4], 1],
    ["3d6e5", [5, 1, 6, 6, 2], 20],
    ["3d6eo6", [5, 1, 6, 6], 18],
    ["3d6e6k1", [6, 2, 1, 4], 10],
    ["1d20>15", [15], 0],
    ["1d20>15", [16], 1],
    ["1d20>=15", [15], 1],
    ["1d20<15", [15], 0],
    ["1d20<=15", [15], 1],
    ["1d20=15", [15], 1],
    ["1d20>=15t2d6", [15, 2, 3], 5],
    ["1d20>=15 then 2d6", [14, 2, 3], 0],
    ["1d20c3", [1, 2, 3], 6],
    ["1d20 count 0", [], 0],
    ["2 plus 3 times 4", [], 14],
    ["7/2", [], 3],
  ])("feyre, as documented: %s with %j", (text, faces, total) => {
    expect(lay(text, faces, "feyre").total).toBe(total);
  });
});
