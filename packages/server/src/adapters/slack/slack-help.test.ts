import { defineCommand, text } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { CommandRegistry } from "../../commands/command-registry.ts";
import { parseLine } from "../../commands/parse-line.ts";
import { sampleRegistry } from "../../commands/sample-commands.fixture.ts";
import { slackHelp } from "./slack-help.ts";

function page(line: string, registry = sampleRegistry()): string {
  const parsed = parseLine({ registry, line });
  if (parsed.kind === "invocation") throw new Error("an invocation");
  return slackHelp(parsed, { command: "/hall" });
}

describe("help in Slack's markup (requirements M-18)", () => {
  it("has the usage first, bold headings with an empty line, and a list item for each argument", () => {
    expect(page("roll -h")).toMatchInlineSnapshot(`
      "*usage*: \`/hall roll &lt;expression&gt; [&lt;purpose&gt;...] [-a | -d] [-1] [-c &lt;text&gt;]\`

      Roll dice

      First line.
        Second line, indented.

      *arguments*

      - \`&lt;expression&gt;\`
      the dice
      - \`&lt;purpose&gt;...\`
      what for
      and on whose behalf

      *options*

      - \`-a, --advantage\`
      keep the higher
      - \`-d, --disadvantage\`
      keep the lower
      - \`-1, --reroll-ones\`
      roll ones again
      - \`-c, --character &lt;text&gt;\`
      whose sheet
      - \`-h, --help\`
      Show this help

      *examples*

      - \`/hall roll 4d6kh3\`
      - \`/hall roll 1d20 &lt;b&gt;stealth&lt;/b&gt; -a\`"
    `);
  });

  it("lists sub-commands one by one", () => {
    const shown = page("credits");
    expect(shown).toMatch(
      /\*available commands\*\n\n- `credits balance`\nShow what you have\n- `credits transfer`/,
    );
  });

  it("shows an error in bold above the usage, also the first and the second time (M-19)", () => {
    const first = page("credits transfer x anna");
    expect(first).toMatch(/^\*&lt;amount&gt;: "x" is not a whole number.*\*\n\*usage\*: /);
    expect(page("credits transfer x anna")).toBe(first);
    expect(first).toMatch(/\n`\/hall credits transfer -h` tells more\.$/);
    expect(first).not.toContain("*arguments*");
    expect(page("credit")).toMatch(/\n`\/hall help` tells more\.$/);
  });

  it("escapes everything, and keeps line breaks", () => {
    const registry = new CommandRegistry();
    const evil = defineCommand({
      name: "evil",
      summary: "<!channel>",
      description: "one\ntwo & <@U1>",
      arguments: { what: text("first\nsecond `code` <!here>") },
      *run() {},
    });
    registry.add(evil, { module: "m" });
    const shown = page("evil -h", registry);
    expect(shown).not.toMatch(/<[!@#]/);
    expect(shown).toContain("one\ntwo &amp; &lt;@U1&gt;");
    expect(shown).toContain("first\nsecond");
    expect(page(`evil "a" "*b* <!channel>"`, registry)).not.toMatch(/<!channel>/);
  });
});
