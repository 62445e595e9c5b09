import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { noBrowser } from "./chromium.ts";
import { addPerson, composer, grace, visitHall, type Visit } from "./console-visit.ts";

const MOST_STEPS = 60;
const Focus = z.object({ name: z.string(), isSeen: z.boolean() });

/** What an element is called. */
const NAME = `(element) =>
  element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent.trim() || element.title || ""`;

/** What has the focus: its name, and whether it is in sight and a ring shows it. */
const FOCUS = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return { name: "", isSeen: true };
  const style = getComputedStyle(element);
  const { top, bottom } = element.getBoundingClientRect();
  const hasRing = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return { name: (${NAME})(element), isSeen: hasRing && bottom > 0 && top < innerHeight };
})()`;

/** The names of all that a person could click or type in, from the top of the page to its end. */
const STOPS = `[...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((element) => element.checkVisibility() && !element.disabled && !element.closest("[aria-hidden=true]"))
  .map(${NAME})`;

describe.skipIf(noBrowser !== undefined)("the keyboard alone", () => {
  let visit: Visit;
  let page: Page;

  const focus = async () => Focus.parse(await page.evaluate(FOCUS));
  /** Presses Tab until something of this name has the focus; on the way everything that has it shows it. */
  const tabTo = async (name: RegExp, { back = false } = {}) => {
    const passed: string[] = [];
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      await page.keyboard.press(back ? "Shift+Tab" : "Tab");
      const now = await focus();
      expect(now.isSeen, `the focus on "${now.name}" cannot be seen`).toBe(true);
      if (name.test(now.name)) return;
      passed.push(now.name);
    }
    throw new Error(`${name} is not reached; on the way were ${passed.join(" | ")}`);
  };
  const type = (text: string) => page.keyboard.type(text);
  const press = (key: string) => page.keyboard.press(key);
  const lines = () =>
    page
      .locator("article p.font-mono")
      .evaluateAll((found) => found.map((one) => one.innerText.replace(/^>\s*/, "")));

  beforeAll(async () => {
    visit = await visitHall();
    await addPerson(visit, grace);
    page = await visit.open();
  });
  afterAll(() => visit?.close());

  it("makes a thread, runs lines in it, and names it", async () => {
    await tabTo(/^New thread/);
    await press("Enter");
    await type("By keys");
    await press("Enter");
    await page.waitForURL("**/threads/*");
    await composer(page).waitFor();
    for (const word of ["one", "two"]) {
      await type(`echo ${word}`);
      await press("Enter");
      await page.getByText(word, { exact: true }).waitFor();
    }
    await tabTo(/^By keys/, { back: true });
    await press("Enter");
    await press("Control+A");
    await type("Kept by keys");
    await press("Enter");
    await page.getByRole("heading", { name: "Kept by keys" }).waitFor();
  });

  it("orders the actions, hides an answer, and removes one", async () => {
    await tabTo(/^Move echo two/);
    await press("ArrowUp");
    await expect.poll(lines).toEqual(["echo two", "echo one"]);
    await tabTo(/^AAnswer shown/);
    await press("Space");
    await page.getByText("The answer is hidden").waitFor();
    await tabTo(/^More for echo/);
    await press("Enter");
    await press("ArrowUp");
    await press("Enter");
    await expect.poll(async () => (await lines()).length).toBe(1);
  });

  it("shares the thread, takes it back, and goes home", async () => {
    await tabTo(/^Share$/, { back: true });
    await press("Enter");
    await tabTo(/^Share with/);
    await type(grace.email);
    await press("Enter");
    await page.getByText(grace.name).first().waitFor();
    await tabTo(new RegExp(`^Remove ${grace.name}`), { back: true });
    await press("Enter");
    await expect.poll(() => page.getByText(grace.name).count()).toBe(0);
    await press("Escape");
    await expect.poll(focus).toMatchObject({ name: "Share" });
    await tabTo(/^Threads$/, { back: true });
    await press("Enter");
    await page.waitForURL("**/threads");
    await page.getByText("Kept by keys").waitFor();
  });

  it.each(["threads", "people", "modules", "services", "slack", "settings", "account"])(
    "Tab leads through all of the page %s, in its order",
    async (name) => {
      await page.goto(new URL(`/${name}`, page.url()).href);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await expect.poll(() => page.getByText(/^Loading/).count()).toBe(0);
      const stops = z.array(z.string().min(1)).parse(await page.evaluate(STOPS));
      await page.getByRole("banner").getByRole("link").first().focus();
      const passed = [(await focus()).name];
      while (passed.length < stops.length) {
        await press("Tab");
        const now = await focus();
        expect(now.isSeen, `the focus on "${now.name}" cannot be seen`).toBe(true);
        passed.push(now.name);
      }
      expect(passed).toEqual(stops);
    },
  );

  it("no page threw, called a foreign address or broke its policy", () => {
    expect(visit.faults).toEqual([]);
  });
});
