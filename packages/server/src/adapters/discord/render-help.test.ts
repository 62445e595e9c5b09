import { describe, expect, it } from "vitest";
import { defineCommand, flag, text } from "@guildhall/sdk";
import { CommandRegistry } from "../../commands/command-registry.ts";
import { commandHelp, registryHelp } from "../../commands/help/help-document.ts";
import { renderHelpEmbeds } from "./render-help.ts";

const registry = new CommandRegistry();
registry.add(
  defineCommand({
    name: "mean",
    summary: "Say *mean* things to @everyone",
    description: "First line\nsecond | line",
    arguments: { words: text("what `to` say\nin two lines"), loud: flag("-l", "shout") },
    examples: ["mean '`x`' -l"],
    run: () => [],
  }),
  { module: "test" },
);
const found = registry.find(["mean"]);

describe("help on Discord", () => {
  it("is Discord's markup, escaped right, and keeps line breaks", () => {
    if (!found) throw new Error("not registered");
    const help = commandHelp({ registry, found });
    expect(renderHelpEmbeds({ help })).toEqual([
      {
        title: "/mean",
        color: 0x00ffde,
        description: [
          "**Usage:** `mean <words> [-l]`",
          "",
          "Say \\*mean\\* things to \\@everyone",
          "",
          "First line",
          "second \\| line",
          "",
          "**Arguments**",
          "- `<words>` what \\`to\\` say",
          "  in two lines",
          "",
          "**Flags**",
          "- `-l, --loud` shout",
          "- `-h, --help` Show this help",
          "",
          "**Examples**",
          "```",
          "mean '`x`' -l",
          "```",
        ].join("\n"),
      },
    ]);
    expect(renderHelpEmbeds({ help })).toEqual(renderHelpEmbeds({ help }));
  });

  it("shows an error above the usage, in red", () => {
    if (!found) throw new Error("not registered");
    const error = { code: "bad_value", message: 'No "<@1>" here.' } as const;
    const [embed] = renderHelpEmbeds({ help: commandHelp({ registry, found }), error });
    expect(embed).toMatchObject({ color: 0xff0000 });
    expect(embed?.description).toMatch(/^\*\*No "\\<\\@1\\>" here\.\*\*\n\n\*\*Usage:/);
    // What mends it, and not the whole page.
    expect(embed?.description).toContain("mean '`x`' -l");
    expect(embed?.description).toMatch(/-# `mean -h` tells more\.$/);
    expect(embed?.description).not.toContain("shout");
  });

  it("lists the whole hall", () => {
    const [embed] = renderHelpEmbeds({ help: registryHelp(registry) });
    expect(embed).toMatchObject({ title: "Commands" });
    expect(embed?.description).toContain("- `mean` Say");
  });
});
