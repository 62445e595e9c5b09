import * as fc from "fast-check";
import type { DialectName } from "./dialect.ts";

const number = fc.integer({ min: 0, max: 30 }).map(String);
const sides = fc.constantFrom("4", "6", "8", "10", "12", "20", "100");
const count = fc.constantFrom("", "1", "2", "3", "5");

const MODIFIERS: Readonly<Record<DialectName, readonly string[]>> = {
  guildhall: [
    "",
    "kh2",
    "k",
    "kl1",
    "km1",
    "k>3",
    "dl1",
    "d<2",
    "!",
    "!!",
    "!p",
    "!o",
    "!>3",
    "!!p3",
    "r1",
    "ro<3",
    "r",
    "ra1",
    "min2",
    "max3",
    ">=3",
    "<2",
    "=4",
    ">3f1",
    "ds4>2",
    "even",
    "odd",
    "u",
    "uo",
    "m2",
    "mt",
    "s",
    "sd",
    "cs>3",
    "cf1",
    "adv1",
    "dis2",
    "ms>3",
    " kh1 ! r1 min2",
  ],
  roll20: [
    "",
    "kh2",
    "k1",
    "d1",
    "dl1",
    "!",
    "!!",
    "!p",
    "!>3",
    "r<2",
    "ro1",
    ">3",
    "<2",
    ">3f1",
    "cs>3",
    "m",
    "mt3",
    "sd",
  ],
  avrae: ["", "kh2", "kl1", "k3", "k>2", "kh1kl1", "p1", "ph1", "rr1", "ro<3", "ra1", "e4", "mi2", "ma3"],
  foundry: [
    "",
    "x",
    "xo",
    "x4",
    "x2=4",
    "x3>2",
    "r1",
    "rr<2",
    "k",
    "kh2",
    "d1",
    "dh1",
    "cs>3",
    "cf<2",
    "df1",
    "sf1",
    "even",
    "odd",
    "min2",
    "max3",
    "ms>5",
  ],
  maiden: [
    "",
    " k2",
    " kl1",
    " km1",
    " d1",
    " e4",
    " ie",
    " ie3",
    " r2",
    " ir1",
    " rg4",
    " irg4",
    " t3",
    " tl2",
    " t3 ds4",
    " f1",
    " t3 f1 c",
    " b1",
    " i",
    " adv1",
    " dis1 ie4",
  ],
  feyre: ["", "k2", "kl1", "e4", "eo3", "k1e3", " keep 2"],
};

const OPERATORS: Readonly<Record<DialectName, readonly string[]>> = {
  guildhall: ["+", "-", " * ", "/", "//", "%", ">=", "==", "<"],
  roll20: ["+", "-", "*", "/", "%"],
  avrae: ["+", "-", "*", "/", "//", "%", ">=", "<"],
  foundry: ["+", " - ", "*", "/", "%"],
  maiden: [" + ", "-", "*", "/"],
  feyre: ["+", "-", "*", "/", ">", ">=", "=", "<", "t", " plus "],
};

/** Texts that are expressions of a dialect; some exceed a limit or divide by zero when they are rolled. */
export function expressionTexts(dialect: DialectName): fc.Arbitrary<string> {
  const pool = fc
    .tuple(count, sides, fc.constantFrom(...MODIFIERS[dialect]))
    .map(([many, faces, modifier]) => `${many}d${faces}${modifier}`);
  const { tree } = fc.letrec<{ tree: string; atom: string }>((tie) => ({
    atom: fc.oneof(
      { weight: 4, arbitrary: pool },
      { weight: 2, arbitrary: number },
      { weight: 1, arbitrary: tie("tree").map((inside) => `(${inside})`) },
      ...(dialect === "guildhall" || dialect === "roll20" || dialect === "foundry"
        ? [
            { weight: 1, arbitrary: fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `{${a},${b}}kh1`) },
            { weight: 1, arbitrary: pool.map((inside) => `{${inside}}kl1`) },
            { weight: 1, arbitrary: pool.map((inside) => `${inside}[fire]`) },
            { weight: 1, arbitrary: tie("tree").map((inside) => `floor(${inside})`) },
            { weight: 1, arbitrary: tie("tree").map((inside) => `-(${inside})`) },
          ]
        : []),
    ),
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      tie("atom"),
      fc
        .tuple(tie("tree"), fc.constantFrom(...OPERATORS[dialect]), tie("atom"))
        .map(([left, operator, right]) => `${left}${operator}${right}`),
    ),
  }));
  return tree;
}
