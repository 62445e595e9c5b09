import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBrowser } from "./chromium.ts";
import {
  addPerson,
  composer,
  grace,
  looksWell,
  newThread,
  run,
  visitHall,
  type Visit,
} from "./console-visit.ts";

describe.skipIf(noBrowser)(`threads in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let visit: Visit;
  let page: Page;
  let other: Page;

  beforeAll(async () => {
    visit = await visitHall();
    await addPerson(visit, grace);
    page = await visit.open();
    other = await visit.open(grace);
  });
  afterAll(() => visit.close());

  const lines = (of: Page) => of.locator("article p.font-mono").allInnerTexts();
  const typed = async (of: Page) => (await lines(of)).map((line) => line.replace(/^>\s*/, ""));
  const choose = async (of: Page, line: string, item: string) => {
    await of.getByRole("button", { name: `More for ${line}` }).click();
    await of.getByRole("menuitem", { name: item }).click();
  };

  it("an empty hall says what a thread is; threads are found by what was typed in them", async () => {
    await page.getByRole("heading", { name: "No threads yet" }).waitFor();
    await looksWell(page, "threads-empty");
    await newThread(page, "The dragon's ledger");
    await run(page, "echo a hoard of silver");
    await newThread(page, "Kitchen rota");
    await run(page, "echo turnips again");
    await page.getByRole("link", { name: "Threads" }).click();
    await page.getByRole("searchbox").fill("silver");
    await expect.poll(() => page.getByRole("listitem").count()).toBe(1);
    await page.getByRole("link", { name: "The dragon's ledger" }).waitFor();
    await looksWell(page, "threads-found");
    await page.getByRole("searchbox").fill("no such word");
    await page.getByText(/No thread has/).waitFor();
    await page.getByRole("searchbox").fill("");
    await expect.poll(() => page.getByRole("listitem").count()).toBe(2);
    await looksWell(page, "threads");
    await page.getByRole("button", { name: "Delete Kitchen rota" }).click();
    await looksWell(page, "thread-delete");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.route("**/api/v1/threads?*", (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        json: { status: 500, code: "internal", title: "Broken", detail: "The store is away." },
      }),
    );
    await page.goto(`${visit.hall.url}/threads?search=nothing`);
    await page.getByRole("alert").filter({ hasText: "The store is away." }).waitFor();
    await looksWell(page, "threads-failed");
    await page.unroute("**/api/v1/threads?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText(/No thread has/).waitFor();
    await page.goto(`${visit.hall.url}/nowhere`);
    await page.getByRole("heading", { name: "No such page" }).waitFor();
    await looksWell(page, "no-such-page");
    await page.getByRole("link", { name: "All threads" }).click();
    await page.waitForURL("**/threads");
  });

  it("title and description are edited in place: Enter saves, Escape leaves", async () => {
    await newThread(page, "Draft");
    await page.getByTitle("Edit the title").click();
    await page.keyboard.type("Council of autumn");
    // The title is still being saved when somebody goes on to the description, and stays there.
    const saving = Promise.withResolvers<void>();
    await page.route("**/api/v1/threads/*", async (route) => {
      if (route.request().method() === "PATCH") await saving.promise;
      await route.continue();
    });
    await page.keyboard.press("Enter");
    await page.getByTitle("Edit the description").click();
    await page.keyboard.type("never");
    saving.resolve();
    await page.getByTitle("Edit the title").waitFor();
    await page.keyboard.type(" kept");
    expect(await page.getByRole("textbox", { name: /^description/ }).inputValue()).toBe("never kept");
    await page.keyboard.press("Escape");
    await page.unroute("**/api/v1/threads/*");
    await page.getByText("Add a description").waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Council of autumn" }).waitFor();
  });

  it("actions are ordered by dragging and by the keyboard, for everyone who looks, and stay so", async () => {
    for (const word of ["one", "two", "three"]) await run(page, `echo ${word}`);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByRole("button", { name: "More for echo three" }).waitFor();
    // A page behind another draws once a second only, and each movement of the mouse waits for it.
    await page.bringToFront();
    const drag = async (word: string, before: string) => {
      // Waits until the handle stands still: a page of another width still scrolls to its end.
      await page.getByRole("button", { name: `Move echo ${word}` }).hover();
      await page.mouse.down();
      const to = await page.locator("article", { hasText: `echo ${before}` }).boundingBox();
      if (!to) throw new Error("nowhere to drag to");
      await page.mouse.move(to.x + 20, to.y + 30, { steps: 4 });
      await page.mouse.move(to.x + 20, to.y + 2, { steps: 4 });
      await page.mouse.up();
    };
    // Also where there is no margin for the handle.
    await page.setViewportSize({ width: 360, height: 720 });
    await drag("three", "two");
    for (const view of [page, second]) {
      await expect
        .poll(() => typed(view), { timeout: 15_000 })
        .toEqual(["echo one", "echo three", "echo two"]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await drag("three", "one");
    for (const view of [page, second]) {
      await expect
        .poll(() => typed(view), { timeout: 15_000 })
        .toEqual(["echo three", "echo one", "echo two"]);
    }
    const handle = page.getByRole("button", { name: "Move echo three" });
    await handle.focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => typed(page)).toEqual(["echo one", "echo three", "echo two"]);
    await expect.poll(() => handle.evaluate((element) => element.matches(":focus"))).toBe(true);
    await page.keyboard.press("ArrowDown");
    for (const view of [page, second]) {
      await expect.poll(() => typed(view)).toEqual(["echo one", "echo two", "echo three"]);
    }
    await second.close();
    await page.reload();
    await expect.poll(() => typed(page)).toEqual(["echo one", "echo two", "echo three"]);
  });

  it("question and answer are switched off and on", async () => {
    const action = page.getByRole("article").first();
    await page.getByRole("button", { name: "Answer shown" }).first().click();
    await action.getByText("The answer is hidden").waitFor();
    await page.getByRole("button", { name: "Question shown" }).first().click();
    await action.getByText("The question is hidden").waitFor();
    await looksWell(page, "thread-hidden");
    await page.reload();
    await action.getByText("The answer is hidden").waitFor();
    await page.getByRole("button", { name: "Answer shown" }).first().click();
    await page.getByRole("button", { name: "Question shown" }).first().click();
    await action.getByText("one", { exact: true }).waitFor();
  });

  it("an action gets a title, runs again, and is removed", async () => {
    await choose(page, "echo two", "Give it a title");
    await page.keyboard.type("The second word");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The second word" }).waitFor();
    await choose(page, "echo two", "Run again");
    await expect.poll(() => typed(page)).toEqual(["echo one", "echo two", "echo three", "echo two"]);
    await choose(page, "echo three", "Remove from this thread");
    await expect.poll(() => typed(page)).toEqual(["echo one", "echo two", "echo two"]);
  });

  it("the same action stands in several threads", async () => {
    await choose(page, "echo one", "Add to another thread");
    await page.getByLabel("Find a thread").fill("Kitchen");
    await looksWell(page, "add-elsewhere");
    await page.getByRole("button", { name: "Kitchen rota" }).click();
    await page.getByRole("link", { name: "Kitchen rota" }).click();
    await page.getByRole("heading", { name: "Kitchen rota" }).waitFor();
    await expect.poll(() => page.getByRole("article").count()).toBe(2);
    await page.getByRole("article").last().getByText("one", { exact: true }).waitFor();
  });

  it("a thread is shared for reading, then for writing, then taken back, live", async () => {
    await page.getByRole("button", { name: "Share" }).first().click();
    await page.getByLabel("Share with").fill("nobody@example.org");
    await page.getByRole("button", { name: "Share", exact: true }).last().click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Share with").fill(grace.email);
    await page.getByRole("button", { name: "Share", exact: true }).last().click();
    const role = page.getByLabel(`What ${grace.name} may do`);
    await role.waitFor();
    await looksWell(page, "share");
    await other.goto(page.url());
    await other.getByText("You may read this thread, but not write to it.").waitFor();
    await role.selectOption("writer");
    await composer(other).waitFor();
    await run(other, "echo from grace");
    await page.getByText("from grace", { exact: true }).waitFor();
    await page.getByRole("button", { name: `Remove ${grace.name}` }).click();
    await other.getByText(/no longer shared with you/).waitFor();
    await looksWell(other, "thread-gone");
    await page.getByRole("button", { name: "Close" }).click();
  });

  it("what a line asks is asked by a form, and the line runs with the answers", async () => {
    await newThread(page, "Questions");
    await composer(page).fill("toast well met");
    await page.keyboard.press("Enter");
    const form = page.getByRole("form", { name: "Before it runs" });
    await form.getByLabel("To whom").fill('Grace "the" Hopper');
    await form.getByLabel("With what").selectOption("water");
    await looksWell(page, "composer-question");
    await form.getByRole("button", { name: "Run" }).click();
    await page.getByText('Grace "the" Hopper, water: well met', { exact: true }).first().waitFor();
    expect(await composer(page).inputValue()).toBe("");
    await composer(page).fill('roll 1d1+?{Bonus|4}+?{Kind|Fire,10|Cold,20} -- "to see"');
    await page.keyboard.press("Enter");
    await form.getByLabel("Kind").selectOption("Cold");
    // The first question has the focus since the form appeared.
    await page.keyboard.press("Enter");
    await page.getByRole("article").filter({ hasText: "= 25" }).waitFor();
  });

  it("the composer completes, explains, recalls, and takes several lines", async () => {
    await newThread(page, "Composer");
    await looksWell(page, "thread-empty");
    await composer(page).fill("ec");
    await page.keyboard.press("Tab");
    await expect.poll(() => composer(page).inputValue()).toBe("echo ");
    await page.keyboard.type("first");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second");
    await page.keyboard.press("Enter");
    await page
      .getByText(/^first\s+second$/)
      .last()
      .waitFor();
    await composer(page).fill("");
    await page.keyboard.press("ArrowUp");
    expect(await composer(page).inputValue()).toBe("echo first\nsecond");
    await composer(page).fill("stream -h");
    await page.keyboard.press("Enter");
    await page
      .getByText(/how many chunks/)
      .first()
      .waitFor();
    await looksWell(page, "composer-help");
    await composer(page).fill("h");
    await page.keyboard.press("Control+Space");
    await page.getByRole("listbox", { name: "Completions" }).waitFor();
    await looksWell(page, "composer-completion");
    await page.keyboard.press("Escape");
  });

  it("no page threw, called a foreign address or broke its policy", () => {
    expect(visit.faults).toEqual([]);
  });
});
