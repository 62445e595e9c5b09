import { escapeMarkdown } from "@guildhall/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitsInMessage, plainTextOf, slackMessage, splitParts } from "./slack-message.ts";
import { markdownParts, plainParts } from "./slack-text.ts";

const PINGS = "<!channel> <!here> <@U1> <#C1> <https://evil.example|bank> & &amp;";

describe("what people typed", () => {
  it("calls nobody: the text is escaped, and the blocks hold no mention", () => {
    for (const parts of [plainParts(PINGS), markdownParts(escapeMarkdown(PINGS)), markdownParts(PINGS)]) {
      const { text, blocks } = slackMessage(parts);
      expect(text).not.toMatch(/<(?!https:\/\/evil\.example\|)/);
      expect(JSON.stringify(blocks)).not.toMatch(/"type":"(user|usergroup|channel|broadcast)"/);
    }
    expect(slackMessage(plainParts(PINGS)).text).toBe(
      "&lt;!channel&gt; &lt;!here&gt; &lt;@U1&gt; &lt;#C1&gt; &lt;https://evil.example|bank&gt; &amp; &amp;amp;",
    );
  });

  it("reads as it was typed, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (typed) => {
        const shown = plainTextOf(plainParts(`${typed}|`));
        expect(shown).toBe(`${typed}|`);
        expect(slackMessage(plainParts(typed)).text).not.toMatch(/[<>]/);
      }),
    );
  });
});

describe("Markdown", () => {
  it("becomes rich text", () => {
    const parts = markdownParts(
      "# Title\n\nSome **bold *both*** and ~~gone~~ `a<b` [site](https://example.org) [bad](javascript:x)\n\n- one\n- two\n  1. deep\n\n> quoted\n> more\n\n```\ncode <b>\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
    );
    expect(slackMessage(parts).text).toBe(
      [
        "*Title*",
        "Some *bold **_both_* and ~gone~ `a&lt;b` <https://example.org|site> bad",
        "\u2022 one",
        "\u2022 two",
        "  1. deep",
        "> quoted",
        "> more",
        "```\ncode &lt;b&gt;\n```",
        "```\na  b\n-  -\n1  2\n```",
      ].join("\n"),
    );
  });
});

describe("splitting", () => {
  it("loses nothing, and makes no block longer than 3000 characters and no message longer than 9000", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 9000, unit: fc.constantFrom("a", " ", "\n", "\u{1F600}", "<") }), {
          maxLength: 8,
        }),
        (texts) => {
          const parts = texts.flatMap((text) => plainParts(text));
          const messages = splitParts(parts);
          const joined = messages
            .flat()
            .flatMap((part) => plainTextOf([part]))
            .join("");
          expect(joined).toBe(parts.map((part) => plainTextOf([part])).join(""));
          for (const message of messages) {
            expect(fitsInMessage(message)).toBe(true);
            for (const part of message) expect(plainTextOf([part]).length).toBeLessThanOrEqual(3000);
            expect(slackMessage(message).text.isWellFormed()).toBe(true);
            expect(slackMessage(message).blocks.length).toBeLessThanOrEqual(50);
          }
        },
      ),
    );
  });
});
