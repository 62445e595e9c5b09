import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { z } from "zod";
import { DIGITS, MARK } from "./stamped-text.ts";

const IN_PAGE = readFileSync(new URL("pixel-clock-in-page.js", import.meta.url), "utf8");

const PATIENCE_MILLISECONDS = 60_000;

const Shown = z.array(z.object({ stamp: z.number(), age: z.number(), sinceOpened: z.number() }));

/**
 * Notes when each stamped text of a page is to be seen: what a change of the document brings is drawn in the next frame,
 * and a task that this frame begins runs when it is drawn. Set before the page is opened.
 */
export async function watchPixels(page: Page): Promise<void> {
  const constants = `const MARK = ${JSON.stringify(MARK)}; const DIGITS = ${DIGITS};`;
  await page.addInitScript({ content: `{${constants}\n${IN_PAGE}}` });
}

/** How old each of the next so many stamped texts was when it was to be seen, in milliseconds. */
export async function agesOf(page: Page, count: number): Promise<number[]> {
  await page.waitForFunction((wanted) => Reflect.get(globalThis, "shownStamps").length >= wanted, count, {
    timeout: PATIENCE_MILLISECONDS,
  });
  return (await takeShown(page)).map(({ age }) => age);
}

/** How long after the page began to open a stamped text was to be seen, in milliseconds. */
export async function openedAt(page: Page, stamp: number): Promise<number> {
  await page.waitForFunction(
    (wanted) => Reflect.get(globalThis, "shownStamps").some((one: { stamp: number }) => one.stamp === wanted),
    stamp,
    { timeout: PATIENCE_MILLISECONDS },
  );
  return (await takeShown(page)).find((one) => one.stamp === stamp)?.sinceOpened ?? Number.NaN;
}

async function takeShown(page: Page): Promise<z.infer<typeof Shown>> {
  return Shown.parse(await page.evaluate("shownStamps.splice(0)"));
}
