import {
  buttons,
  chart,
  escapeMarkdown,
  forAsker,
  html,
  json,
  markdown,
  mermaid,
  MIME,
  plainText,
  progress,
  table,
  type TextChunk,
} from "@guildhall/sdk";
import { DiscordTestServer } from "@guildhall/chat-test-servers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActionResponseChunk } from "../../data/models.ts";
import { answerBody } from "./discord-message.ts";
import { packMessages } from "./pack-messages.ts";
import { renderChunk } from "./render-chunk.ts";

const ACTION = "01890a5d-ac96-774b-bcce-b302099a8057";

function stored(chunk: TextChunk, order = 1): ActionResponseChunk {
  return {
    id: ACTION,
    action_id: ACTION,
    order,
    mime: chunk.mime,
    text_content: chunk.text,
    is_binary: false,
    name: chunk.name ?? null,
    audience: chunk.audience ?? "thread",
  };
}

function shown(chunk: TextChunk): string {
  const rendered = renderChunk(stored(chunk));
  if (rendered.kind === "progress") return rendered.markup;
  if (rendered.kind === "binary") return "";
  return rendered.blocks.map((block) => (block.kind === "text" ? block.markup : "")).join("\n");
}

/** What a person reads of Discord's markup: a backslash before punctuation is not shown. */
const read = (markup: string) => markup.replace(/\\([!-/:-@[-`{-~])/g, "$1");

describe("chunks on Discord", () => {
  const mean = "a *b* _c_ `d` ~~e~~ ||f|| <@1> <@&2> <#3> @everyone @here [x](http://y) # > - 1. \\ end";

  it("show typed text as it was typed, as no markup and no mention", () => {
    for (const chunk of [plainText(mean), markdown(escapeMarkdown(mean))]) {
      const markup = shown(chunk);
      expect(read(markup)).toBe(mean);
      expect(markup).not.toMatch(/(?<!\\)[*_`~|<>@]/);
    }
    expect(shown(plainText("# not a heading\n> not a quote\n- no item\n1. no number\n-# not small"))).toBe(
      "\\# not a heading\n\\> not a quote\n\\- no item\n1\\. no number\n\\-# not small",
    );
  });

  it("show any typed text as it was typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (typed) => {
        const text = typed.replace(/\s+/g, " ").trim();
        expect(read(shown(plainText(text)))).toBe(text);
        expect(read(shown(markdown(`See: ${escapeMarkdown(text)}`)))).toBe(`See: ${text}`.trimEnd());
      }),
    );
  });

  it("write CommonMark in Discord's markup", () => {
    expect(shown(markdown("**bold** and *slanted* and ~~gone~~ and `code`"))).toBe(
      "**bold** and *slanted* and ~~gone~~ and `code`",
    );
    expect(shown(markdown("# One\n\n#### Four\n\n- a\n  - b\n- c\n\n2. x\n3. y"))).toBe(
      "# One\n**Four**\n- a\n  - b\n- c\n\n2. x\n3. y",
    );
    expect(shown(markdown("> quoted\n> more\n\n```js\nlet a;\n```"))).toBe(
      "> quoted\n> more\n\n```js\nlet a;\n```",
    );
    expect(shown(markdown("[page](https://example.org/a) ![cat](https://example.org/cat.png)"))).toBe(
      "[page](<https://example.org/a>) [cat](<https://example.org/cat.png>)",
    );
    expect(shown(markdown("[x](javascript:alert\\(1\\))"))).toBe("x");
    expect(shown(markdown("| a | b |\n|---|---|\n| 1 | 22 |"))).toBe("```\na  b\n-  --\n1  22\n```");
    expect(read(shown(markdown("<b>not bold</b> <script>alert(1)</script>")))).toContain("<b>not bold</b>");
  });

  it("show text in columns, and coloured text, in type of fixed width", () => {
    expect(shown(plainText("Usage: roll\n\n  <a>   what to roll"))).toBe(
      "```\nUsage: roll\n\n  <a>   what to roll\n```",
    );
    expect(shown(plainText("\u001B[31mred\u001B[0m"))).toBe("```ansi\n\u001B[31mred\u001B[0m\n```");
    expect(shown(plainText("ends a block\n  ```\n  x"))).not.toMatch(/```[^]*```[^]*```/);
  });

  it("show tables, numbers for programs, charts and diagrams as well as Discord can", () => {
    expect(
      shown(
        table({
          columns: ["name", "points"],
          rows: [
            ["Ada", 12],
            ["Bob & <Co>", null],
          ],
        }),
      ),
    ).toBe("```\nname        points\n----------  ------\nAda         12\nBob & <Co>\n```");
    expect(shown(json({ a: [1] }))).toBe('```json\n{\n  "a": [\n    1\n  ]\n}\n```');
    expect(shown(json({ total: 5 }, "application/vnd.example.roll+json"))).toBe("");
    expect(shown(mermaid("graph TD; a-->b"))).toMatch(/^```mermaid\n[^]*no diagrams/);
    const drawn = chart({
      kind: "bar",
      title: "Odds",
      x: [1, 2],
      series: [{ name: "p", values: [0.5, null] }],
    });
    expect(shown(drawn)).toMatch(/\*\*Odds\*\*\n```[^]*0\.5[^]*no charts/);
    expect(shown(html("<h3>Hi</h3><p>a &lt;b&gt; <script>evil()</script>*c*</p>"))).toBe(
      "Hi\na \\<b\\> \\*c\\*",
    );
    expect(shown(progress({ done: 5, total: 20, label: "Counting" }))).toMatch(
      /^-# Counting 5 of 20 \u2588{5}\u2591{15}$/,
    );
    expect(shown(progress({ done: 5 }))).toBe("-# 5");
  });

  it("give a long table as a file besides", () => {
    const rows = Array.from({ length: 2000 }, (_, index) => [index, `"${index}"`]);
    const rendered = renderChunk(stored(table({ columns: ["n", "quoted"], rows })));
    const file = rendered.kind === "blocks" ? rendered.blocks[1] : undefined;
    expect(file).toMatchObject({ kind: "file", file: { name: "table.csv" } });
    const csv = file?.kind === "file" ? Buffer.from(file.file.bytes).toString().split("\r\n") : [];
    expect(csv.slice(0, 2)).toEqual(["n,quoted", '0,"""0"""']);
    expect(csv).toHaveLength(2001);
  });

  it("show a notice in the colour of its level, and keep what is for the asker apart", () => {
    const failed = json({ level: "error", message: "no *goblin* here" }, MIME.notice);
    expect(renderChunk(stored(forAsker(failed)))).toEqual({
      kind: "blocks",
      blocks: [
        { kind: "embed", embed: { color: 0xff0000, description: "no \\*goblin\\* here" }, isEphemeral: true },
      ],
    });
  });
});

describe("messages of blocks", () => {
  let discord: DiscordTestServer;
  beforeAll(async () => {
    discord = await DiscordTestServer.start();
  });
  afterAll(() => discord.stop());

  it("keep the order of what was put out, though Discord has an order of its own in a message", () => {
    const blocks = [
      plainText("one"),
      buttons([{ label: "B", line: "ping" }]),
      plainText("two"),
      json({ level: "error", message: "three" }, MIME.notice),
      plainText("four"),
    ].flatMap((chunk, order) => {
      const rendered = renderChunk(stored(chunk, order));
      return rendered.kind === "blocks" ? rendered.blocks : [];
    });
    const messages = packMessages(blocks, { isEnded: true });
    expect(messages.map(({ content, rows, embeds }) => [content, rows.length, embeds.length])).toEqual([
      ["one", 1, 0],
      ["two", 0, 1],
      ["four", 0, 0],
    ]);
  });

  it("are taken by Discord, whatever is put out, and grow at their end only", () => {
    const channelId = discord.world.addChannel({ guildId: "900000000000000001", name: "table" });
    const anything = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 5000 }).map((text) => plainText(text)),
      fc.string({ unit: "grapheme-ascii", maxLength: 3000 }).map((text) => markdown(text)),
      fc.constant(json({ level: "error", message: "m".repeat(5000) }, MIME.notice)),
      fc
        .array(fc.string({ unit: "grapheme", maxLength: 200 }), { minLength: 1, maxLength: 30 })
        .map((labels) => buttons(labels.map((label) => ({ label, line: "ping" })))),
      fc.constant(table({ columns: ["a".repeat(3000)], rows: [["b"]] })),
      fc.constant({ mime: "text/calendar", text: "BEGIN", name: "a.ics" }),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), fc.array(fc.boolean()), (chunks, asides) => {
        const blocks = chunks.flatMap((chunk, index) => {
          const given = asides[index] === true ? forAsker(chunk) : chunk;
          const rendered = renderChunk(stored(given, index + 1));
          return rendered.kind === "blocks" ? rendered.blocks : [];
        });
        for (const isEnded of [false, true]) {
          for (const message of packMessages(blocks, { isEnded })) {
            const files = message.files.map(({ name, mime, bytes }) => ({ name, mime, bytes }));
            discord.world.post({ channelId, body: answerBody(message), files });
          }
        }
        const fewer = packMessages(blocks.slice(0, -1), { isEnded: false });
        const all = packMessages(blocks, { isEnded: false });
        expect(all.length).toBeGreaterThanOrEqual(fewer.length);
      }),
      { numRuns: 60 },
    );
  });

  it("attach text that would take too many of them, whole", () => {
    const words = Array.from({ length: 4000 }, (_, index) => `word${index}`).join(" ");
    const rendered = renderChunk(stored(plainText(words)));
    const messages = packMessages(rendered.kind === "blocks" ? rendered.blocks : [], { isEnded: true });
    expect(messages).toHaveLength(1);
    expect(Buffer.from(messages[0]?.files[0]?.bytes ?? []).toString()).toBe(words);
  });

  it("attach what comes after the twelfth, at the end", () => {
    const blocks = Array.from({ length: 40 }, (_, index) => [
      { kind: "text" as const, markup: `text ${index}`, isEphemeral: false },
      { kind: "buttons" as const, row: { type: 1 as const, components: [] }, isEphemeral: false },
    ]).flat();
    const running = packMessages(blocks, { isEnded: false });
    const ended = packMessages(blocks, { isEnded: true });
    expect(running).toHaveLength(12);
    expect(running.at(-1)?.content).toContain("attached at the end");
    expect(ended).toHaveLength(12);
    const rest = Buffer.from(ended.at(-1)?.files[0]?.bytes ?? []).toString();
    expect(rest.split("\n")).toEqual(Array.from({ length: 29 }, (_, index) => `text ${index + 11}`));
  });
});
