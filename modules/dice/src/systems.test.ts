import { Roller } from "@guildhall/dice-engine";
import { describe, expect, it } from "vitest";
import { expressionOf, meaningOf } from "./game-system.ts";
import { systemOf, SYSTEMS } from "./systems.ts";

describe("systems", () => {
  it("are at least 25, each with a name of its own", () => {
    expect(new Set(SYSTEMS.map(({ name }) => name)).size).toBe(SYSTEMS.length);
    expect(SYSTEMS.length).toBeGreaterThanOrEqual(25);
  });

  it.each(SYSTEMS.map((system) => [system.name, system] as const))(
    "%s works as its example says",
    (name, system) => {
      const { arguments: given, faces, total, meaning } = system.example;
      const roll = new Roller(expressionOf(system, given)).rollFaces(faces);
      expect(roll.total).toBe(total);
      expect(roll.degree ?? meaningOf(system, roll.total)).toBe(meaning);
      expect(systemOf(name.toUpperCase())).toBe(system);
    },
  );

  it("fill in what is not given, and put negative numbers into brackets", () => {
    const pbta = systemOf("pbta");
    expect(pbta && expressionOf(pbta, [])).toBe("2d6+0");
    expect(pbta && expressionOf(pbta, [-2])).toBe("2d6+(-2)");
  });
});
