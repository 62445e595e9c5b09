import { defineCommand } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { CommandRegistry, DuplicateCommandError } from "./command-registry.ts";
import { nearestName } from "./nearest-name.ts";
import { credits, paint, roll, sampleRegistry } from "./sample-commands.fixture.ts";

describe("CommandRegistry", () => {
  it("finds commands and groups by path", () => {
    const registry = sampleRegistry();
    expect(registry.find(["credits", "transfer"])).toMatchObject({
      path: ["credits", "transfer"],
      module: "ledger",
      command: { name: "transfer" },
    });
    expect(registry.find(["credits"])?.command).toBe(credits);
    expect(registry.find(["credits", "steal"])).toBeUndefined();
    expect(registry.find([])).toBeUndefined();
  });

  it("lists what can be run, sorted by path", () => {
    const paths = sampleRegistry()
      .list()
      .map(({ path }) => path.join(" "));
    expect(paths).toEqual(["credits balance", "credits transfer", "paint", "paint undo", "roll"]);
  });

  it("resolves words as deep as they name commands, in any letter case", () => {
    const registry = sampleRegistry();
    expect(registry.resolve(["Credits", "transfer", "5"])).toMatchObject({
      found: { path: ["credits", "transfer"] },
      depth: 2,
    });
    expect(registry.resolve(["credits", "steal"])).toMatchObject({ found: { path: ["credits"] }, depth: 1 });
    expect(registry.resolve(["constructor"])).toEqual({ found: undefined, depth: 0 });
  });

  it("refuses a second command of one name and names both modules", () => {
    const registry = sampleRegistry();
    expect(() => registry.add(roll, { module: "tarot" })).toThrow(
      'modules "dice" and "tarot" both declare the command "roll"',
    );
    const twice = defineCommand({ name: "group", summary: "", commands: [roll, roll] });
    expect(() => registry.add(twice, { module: "tarot" })).toThrow(DuplicateCommandError);
    expect(registry.find(["group"])).toBeUndefined();
  });

  it("takes a command out again, and only its own", () => {
    const registry = new CommandRegistry();
    const undo = registry.add(roll, { module: "dice" });
    expect(registry.list()).toHaveLength(1);
    undo();
    expect(registry.list()).toHaveLength(0);
    registry.add(roll, { module: "other" });
    undo();
    expect(registry.find(["roll"])?.module).toBe("other");
    registry.add(paint, { module: "workshop" });
    expect(registry.children([]).map(({ command }) => command.name)).toEqual(["paint", "roll"]);
  });

  it("is as fast with 10,000 commands as with 10", () => {
    const small = numbered(10);
    const large = numbered(10_000);
    const words = ["command-7", "sub", "x"];
    const time = (registry: CommandRegistry): number => {
      const start = performance.now();
      for (let turn = 0; turn < 20_000; turn += 1) registry.resolve(words);
      return performance.now() - start;
    };
    const best = (registry: CommandRegistry): number =>
      Math.min(...Array.from({ length: 7 }, () => time(registry)));
    best(small);
    // A list search would be a thousand times slower.
    expect(best(large)).toBeLessThan(best(small) * 10);
  });
});

function numbered(count: number): CommandRegistry {
  const registry = new CommandRegistry();
  const sub = defineCommand({ name: "sub", summary: "", *run() {} });
  for (let index = 0; index < count; index += 1) {
    registry.add(defineCommand({ name: `command-${index}`, summary: "", commands: [sub] }), {
      module: "many",
    });
  }
  return registry;
}

describe("nearestName", () => {
  const names = ["roll", "remind", "credits", "hp", "transfer"];
  it.each([
    ["rol", "roll"],
    ["rlol", "roll"],
    ["ROLLL", "roll"],
    ["cerdits", "credits"],
    ["trans", "transfer"],
    ["ph", "hp"],
    ["xy", undefined],
    ["sandwich", undefined],
    ["", undefined],
  ])("takes %j for %s", (typed, expected) => {
    expect(nearestName({ typed, names })).toBe(expected);
  });
});
