import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBrowser } from "./chromium.ts";
import { looksWell, newThread, run, visitHall, type Visit } from "./console-visit.ts";

describe.skipIf(noBrowser)(`chunks in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let visit: Visit;
  let page: Page;

  beforeAll(async () => {
    visit = await visitHall();
    page = await visit.open();
  });
  afterAll(() => visit.close());

  /** Shows chunks of a kind in a thread of their own. */
  async function show(kind: string) {
    await newThread(page, kind);
    const action = await run(page, `show ${kind}`);
    await page.locator("article[aria-busy=false]").first().waitFor();
    return action;
  }

  it("Markdown has headings, lists, tables, and code with colours and a button that copies it", async () => {
    const action = await show("markdown");
    await action.getByRole("heading", { name: "Supplies for the road" }).waitFor();
    await action.locator("code .hljs-keyword", { hasText: "return" }).waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await action.getByRole("button", { name: "Copy" }).click();
    await action.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toContain(
      "const MILES = { slow: 2, fast: 4 };",
    );
    await looksWell(page, "chunk-markdown");
  });

  it("HTML keeps its words and loses all that could do something", async () => {
    const action = await show("hostile");
    // Until they are made harmless, Markdown stands as it was written, and HTML not at all.
    await expect.poll(() => action.locator(".rich", { hasText: "Harmless words stay." }).count()).toBe(2);
    await action.getByRole("img", { name: "A vector shield" }).waitFor();
    expect(await page.evaluate("window.tried")).toBeUndefined();
    for (const tag of ["script", "iframe", "form", "style", "svg", "[onerror]", "[style*=fixed]"]) {
      expect(await action.locator(`.rich ${tag}`).count(), tag).toBe(0);
    }
    expect(await action.locator("a[href^='javascript:']").count()).toBe(0);
    await looksWell(page, "chunk-hostile");
  });

  it.each(["html", "text", "roll", "unknown"] as const)("%s is drawn", async (kind) => {
    const action = await show(kind);
    const words = {
      html: "Quest log",
      text: "Indented by a tab.",
      roll: "Dice: 6, 5, 4, 1 (dropped)",
      unknown: "typed with a character set",
    };
    await action.getByText(words[kind]).waitFor();
    await looksWell(page, `chunk-${kind}`);
  });

  it("ANSI colours stand on a terminal's ground, as one block", async () => {
    const action = await show("ansi");
    const block = action.locator(".terminal");
    expect(await block.count()).toBe(1);
    const red = block.getByText("failed", { exact: true });
    expect(await red.getAttribute("style")).toContain("--terminal-1");
    expect(await action.innerText()).not.toContain("[31m");
    await looksWell(page, "chunk-ansi");
  });

  it("JSON is a tree that opens branch by branch, a hundred members at a time", async () => {
    const action = await show("json");
    await action.locator("summary", { hasText: /^limits/ }).click();
    await action.locator("summary", { hasText: /^threads/ }).click();
    await action.getByRole("button", { name: "100 more of 150" }).click();
    await action.getByText("199", { exact: true }).first().waitFor();
    await looksWell(page, "chunk-json");
  });

  it("a table is sorted by its heads", async () => {
    const action = await show("table");
    const names = () => action.locator("tbody tr td:first-child").allInnerTexts();
    await action.getByRole("button", { name: "level" }).click();
    expect(await names()).toEqual(["Linus", "Barbara", "Ada", "Grace"]);
    await action.getByRole("button", { name: "level" }).click();
    expect(await names()).toEqual(["Grace", "Ada", "Barbara", "Linus"]);
    expect(await action.locator("th[aria-sort=descending]").innerText()).toContain("level");
    await looksWell(page, "chunk-table");
  });

  it.each([
    ["wide-table", 20_000, 20],
    ["long-table", 3, 50_000],
  ])("of a %s only the cells in sight are in the page", async (kind, columns, rows) => {
    const action = await show(kind);
    const table = action.getByRole("table");
    await table.waitFor();
    expect(await table.getAttribute("aria-colcount")).toBe(String(columns));
    expect(await table.getAttribute("aria-rowcount")).toBe(String(rows + 1));
    expect(await action.getByRole("cell").count()).toBeLessThan(2000);
    const box = action.locator("section");
    await box.evaluate((element) => element.scrollTo({ left: 1e9, top: 1e9 }));
    const last = kind === "wide-table" ? String(19 * 19_999) : String(49_999 ** 2);
    await action.getByRole("cell", { name: last, exact: true }).waitFor();
    await looksWell(page, `chunk-${kind}`);
  });

  it("pictures have their description, and one that is broken says so", async () => {
    const action = await show("image");
    const picture = action.getByRole("img", { name: "A gradient from green to gold" });
    await picture.waitFor();
    expect(await picture.evaluate((image) => Reflect.get(image, "naturalWidth"))).toBe(160);
    await looksWell(page, "chunk-image");
    const broken = await show("broken-image");
    await broken.getByText("The picture cannot be shown: A torn map").waitFor();
    await looksWell(page, "chunk-broken-image");
  });

  it("files are saved with their names and bytes, whatever is in them", async () => {
    const action = await show("file");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      action.getByText("broken utf-8.txt").click(),
    ]);
    expect(download.suggestedFilename()).toBe("broken utf-8.txt");
    expect([...(await readFile(await download.path()))]).toEqual([0xff, 0xfe, 0x61, 0x80]);
    await looksWell(page, "chunk-file");
  });

  it("a diagram is drawn as a picture, with its text below", async () => {
    const action = await show("mermaid");
    const picture = action.getByRole("img", { name: /^Diagram/ });
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((image) => Reflect.get(image, "naturalWidth")))
      .toBeGreaterThan(200);
    await action.getByText("The diagram as text").click();
    await action.getByText("flowchart LR").waitFor();
    await looksWell(page, "chunk-mermaid");
  });

  it("a hostile diagram runs nothing and reaches nobody; a wrong one is told, with its text", async () => {
    const action = await show("mermaid-hostile");
    await expect.poll(() => action.getByRole("img", { name: /^Diagram/ }).count()).toBe(2);
    expect(await page.evaluate("window.tried")).toBeUndefined();
    const wrong = await show("mermaid-wrong");
    await wrong.getByText("The diagram cannot be drawn.").waitFor();
    await wrong.locator("pre", { hasText: "flowchart LR" }).waitFor();
    await looksWell(page, "chunk-mermaid-wrong");
  });

  it("text that no text can be is shown with a sign in place of what was broken", async () => {
    const action = await show("broken-text");
    await action.getByText("half a pair: \uFFFD, a NUL: \uFFFD, the end").waitFor();
  });

  it("a mermaid bomb is given up, and the page stays usable", async () => {
    const action = await show("mermaid-bomb");
    await action
      .getByText(/cannot be drawn/)
      .first()
      .waitFor();
    await run(page, "echo still here");
    await page.getByText("still here", { exact: true }).waitFor();
  });

  it.each(["line-chart", "bar-chart", "odds"] as const)(
    "a %s is drawn on a canvas, with its numbers as a table",
    async (kind) => {
      const action = await show(kind);
      if (kind === "odds") await action.locator("summary", { hasText: "Chance of each total" }).click();
      await action.locator("canvas").waitFor();
      await action.getByText("The numbers").click();
      await action.getByRole("table").waitFor();
      await looksWell(page, `chunk-${kind}`);
    },
  );

  it("progress moves, only the latest is shown, and is gone when the work is done", async () => {
    await newThread(page, "progress");
    const action = await run(page, "tally 60 --ms 20");
    const bar = action.getByRole("progressbar");
    await bar.waitFor();
    await expect.poll(async () => Number(await bar.getAttribute("value"))).toBeGreaterThan(10);
    expect(await bar.count()).toBe(1);
    const long = await run(page, "tally 10000 --ms 20");
    await long.getByRole("progressbar").waitFor();
    await looksWell(page, "chunk-progress");
    await long.getByRole("button", { name: "Cancel" }).click();
    await action.getByText("Counted.").waitFor();
    expect(await bar.count()).toBe(0);
  });

  it("a button runs its line as whoever presses it", async () => {
    const action = await show("buttons");
    await looksWell(page, "chunk-buttons");
    await action.getByRole("button", { name: "Who am I?" }).click();
    await page
      .locator("article", { hasText: "whoami" })
      .last()
      .getByText(/ada@example\.org/)
      .first()
      .waitFor();
  });

  it("50 MB of text are cut in the middle, the end is there, and the whole can be saved", async () => {
    page.setDefaultTimeout(90_000);
    const action = await show("huge-text");
    await action.getByText("line 999999", { exact: false }).first().waitFor();
    expect((await action.innerText()).length).toBeLessThan(150_000);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      action.getByText("Save the whole").click(),
    ]);
    expect((await readFile(await download.path(), "utf8")).split("\n").length).toBe(1_000_000);
    await looksWell(page, "chunk-huge-text");
  }, 120_000);

  it("markup nested beyond reason does not break the page", async () => {
    const action = await show("deep-markdown");
    await action.locator("div, pre").first().waitFor();
    await run(page, "echo unbroken");
    await page.getByText("unbroken", { exact: true }).waitFor();
  });

  it("no page threw, called a foreign address or broke its policy", () => {
    expect(visit.faults).toEqual([]);
  });
});
