import { stripVTControlCharacters } from "node:util";
import { choice, defineCommand, text } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { CommandRegistry } from "../command-registry.ts";
import { parseLine } from "../parse-line.ts";
import { sampleRegistry } from "../sample-commands.fixture.ts";
import type { HelpPage } from "./layout.ts";
import { renderHelpAnsi } from "./render-ansi.ts";
import { renderHelpHtml } from "./render-html.ts";
import { renderHelpText } from "./render-text.ts";

function page(line: string, registry: CommandRegistry = sampleRegistry()): HelpPage {
  const parsed = parseLine({ registry, line });
  if (parsed.kind === "invocation") throw new Error("an invocation");
  return parsed;
}

describe("renderHelpText", () => {
  it("M-18: lays out a command's help, with its line breaks kept", () => {
    expect(renderHelpText(page("roll -h"))).toMatchInlineSnapshot(`
      "Usage: roll <expression> [<purpose>...] [-a | -d] [-1] [-c <text>]

      Roll dice

      First line.
        Second line, indented.

      Arguments:
        <expression>  the dice
        <purpose>...  what for
                      and on whose behalf

      Flags:
        -a, --advantage         keep the higher
        -d, --disadvantage      keep the lower
        -1, --reroll-ones       roll ones again
        -c, --character <text>  whose sheet
        -h, --help              Show this help

      Examples:
        roll 4d6kh3
        roll 1d20 <b>stealth</b> -a"
    `);
  });

  it("lists a group's sub-commands one by one", () => {
    expect(renderHelpText(page("credits"))).toMatchInlineSnapshot(`
      "Usage: credits <command> [<argument>...]

      Move credits

      Commands:
        credits balance   Show what you have
        credits transfer  Give credits to somebody

      Flags:
        -h, --help  Show this help"
    `);
  });

  it("tells types, ranges, choices and defaults", () => {
    expect(renderHelpText(page("paint -h"))).toMatchInlineSnapshot(`
      "Usage: paint [<what>] [<coats>] [<thickness>] [<colour>] [<remark>...] [-g]
               [--dry-run] [-b <integer>] [-r <number>] [-f <choice>] [-l <text>]
             paint <command> [<argument>...]

      Paint <things>

      Arguments:
        <what>       what to paint
        <coats>      how many coats (whole number; -5 or more; default 2)
        <thickness>  in millimetres (number)
        <colour>     the colour (one of red, Dark Green, blue; default red)
        <remark>...  anything else

      Commands:
        paint undo  Take it off again

      Flags:
        -g, --glossy                with a shine
            --dry-run               only say so
        -b, --brush-size <integer>  its size (whole number)
        -r, --ratio <number>        its ratio (number)
        -f, --finish <choice>       the finish (one of matt, satin)
        -l, --label <text>          a label
        -h, --help                  Show this help"
    `);
  });

  it("shows an error above the usage", () => {
    expect(renderHelpText(page("credits transfer x anna"))).toMatchInlineSnapshot(`
      "Error: <amount>: "x" is not a whole number, such as 3 or -12.

      Usage: credits transfer <amount> <to> [<note>]

      Give credits to somebody

      Arguments:
        <amount>  how many (whole number; 1 to 1000)
        <to>      to whom (at most 20 characters)
        <note>    a note

      Flags:
        -h, --help  Show this help"
    `);
  });

  it("wraps at the width", () => {
    const registry = new CommandRegistry();
    const wordy = defineCommand({
      name: "wordy",
      summary: "many words ".repeat(20).trim(),
      arguments: {
        first: text("lots to say ".repeat(20).trim()),
        aRatherLongNameForOne: choice("which", ["a", "b"]),
      },
      *run() {},
    });
    registry.add(wordy, { module: "m" });
    for (const width of [40, 80]) {
      const lines = renderHelpText(page("wordy", registry), { width }).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });
});

describe("renderHelpAnsi", () => {
  it("is the text with colours", () => {
    for (const line of ["", "roll -h", "roll", "credits"]) {
      const ansi = renderHelpAnsi(page(line));
      expect(ansi).toContain("\u001B[");
      expect(stripVTControlCharacters(ansi)).toBe(renderHelpText(page(line)));
    }
  });

  it("lets no control character of a declaration through", () => {
    const registry = new CommandRegistry();
    const evil = defineCommand({
      name: "evil",
      summary: "\u001B[2J\u0007",
      examples: ["\u001B[31m"],
      *run() {},
    });
    registry.add(evil, { module: "m" });
    const rendered = renderHelpText(page("evil -h", registry));
    expect(rendered).not.toContain("\u001B");
    expect(rendered).not.toContain("\u0007");
  });
});

describe("renderHelpHtml", () => {
  it("M-19: escapes everything, in help as in an error", () => {
    const registry = new CommandRegistry();
    const sharp = "<img src=x onerror='a'>&\"";
    const evil = defineCommand({
      name: "evil",
      summary: sharp,
      description: sharp,
      arguments: { what: choice(sharp, [sharp]) },
      examples: [sharp],
      *run() {},
    });
    registry.add(evil, { module: "m" });
    for (const line of ["", "-h", "evil -h", "evil <img>", "<img>", 'evil "<', "evil"]) {
      const html = renderHelpHtml(page(line, registry));
      expect(html).not.toContain("<img");
      const tags = [...html.matchAll(/<\/?([a-z0-9]+)/g)].map((match) => match[1]);
      const allowed = ["section", "p", "pre", "code", "dl", "dt", "dd", "h3", "br"];
      expect(tags.filter((tag) => tag === undefined || !allowed.includes(tag))).toEqual([]);
    }
  });

  it("M-18: keeps line breaks", () => {
    const html = renderHelpHtml(page("roll -h"));
    expect(html).toContain("what for<br>and on whose behalf");
    expect(html).toContain("First line.<br>  Second line, indented.");
    expect(html).toContain("roll &lt;expression&gt; [&lt;purpose&gt;...]");
  });
});
