import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { expect, vi } from "vitest";
import { z } from "zod";
import { api, dataFolder, environment, serve, setUp, signIn, type ServedHall } from "../terminal/program.ts";
import { launchBrowser } from "./chromium.ts";

// A browser on a busy machine takes its time: four looks with axe at a page alone can take half a minute.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
/** Where pictures of everything looked at go; none are made without it. */
const SCREENSHOTS = process.env["GUILDHALL_TEST_SCREENSHOTS"];

/** Wide as at a desk, narrow as on a telephone. */
export const SIZES = [
  { name: "wide", width: 1280, height: 800 },
  { name: "narrow", width: 360, height: 720 },
] as const;

const DESK = { width: 1280, height: 800 };

/** The person of the browser suites. */
export const ada = { name: "Ada Lovelace", email: "ada@example.org", password: "correct horse battery" };

/** Somebody else in the same hall. */
export const grace = { name: "Grace Hopper", email: "grace@example.org", password: "nanoseconds in a row" };

/** Gives somebody an account. */
export async function addPerson(visit: Visit, person: typeof grace): Promise<void> {
  const { status } = await api(visit.hall, "/users", {
    token: visit.token,
    body: { email: person.email, password: person.password, display_name: person.name },
  });
  expect(status).toBe(201);
}

/** A served hall with a browser, closed together. */
export interface Visit {
  hall: ServedHall;
  readonly browser: Browser;
  readonly env: NodeJS.ProcessEnv;
  readonly token: string;
  /** What went wrong in any page: errors, requests to other machines, breaches of the policy. */
  readonly faults: string[];
  /** A page of its own, signed in, with its faults noted. */
  open(person?: { email: string; password: string }): Promise<Page>;
  /** Ends the hall without warning and starts it again at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a hall with the sample commands, makes its first administrator and opens a browser. */
export async function visitHall(): Promise<Visit> {
  const data = await dataFolder();
  const first = environment(data.folder);
  const hall = await serve({ env: first, samples: true });
  // A port of its own, so that pages find the hall again after a restart.
  const env = { ...first, GUILDHALL_HTTP__PORT: new URL(hall.url).port };
  await setUp(hall, ada);
  const token = await signIn(hall, ada);
  const browser = await launchBrowser();
  const faults: string[] = [];
  const visit: Visit = {
    hall,
    browser,
    env,
    token,
    faults,
    open: async (person = ada) => {
      const page = await (await browser.newContext({ viewport: DESK })).newPage();
      // Below a test's own time, so that what fails says for what it waited.
      page.setDefaultTimeout(60_000);
      noteFaults(page, hall.url, faults);
      await page.goto(`${hall.url}/login`);
      await page.fill("[name=email]", person.email);
      await page.fill("[name=password]", person.password);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/threads");
      return page;
    },
    restart: async () => {
      await visit.hall.kill();
      visit.hall = await serve({ env, samples: true });
    },
    close: async () => {
      await browser.close();
      await visit.hall.stop();
      await data.remove();
    },
  };
  return visit;
}

/** Writes down what a page does that it must not. */
export function noteFaults(page: Page, url: string, faults: string[]): void {
  page.on("pageerror", (error) => faults.push(`error in the page: ${error.message}`));
  page.on("request", (request) => {
    const asked = request.url();
    const isOwn = asked.startsWith(url) || asked.startsWith("data:") || asked.startsWith("blob:");
    if (!isOwn) faults.push(`a request left the machine: ${asked.slice(0, 200)}`);
  });
  page.on("console", (message) => {
    // The sanitiser reads foreign HTML into a document apart, where the policy forbids the handlers that it removes.
    const isSanitiser = /\/assets\/purify\b/.test(message.location().url);
    if (message.text().includes("Content Security Policy") && !isSanitiser) {
      faults.push(`${message.text()} at ${message.location().url}`);
    }
  });
}

/** The rules of axe of level A and AA; then those of them that light and dark answer differently. */
const ALL_RULES = `{ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], iframes: false, resultTypes: ["violations"] }`;
const RULES_OF_COLOUR = `{ runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] }, iframes: false, resultTypes: ["violations"] }`;

/**
 * Looks at the page wide and narrow, light and dark: nothing sticks out, and axe finds no fault of level A or AA. Each
 * size is held against all rules once, in one of the themes, and in the other against those of colours.
 */
export async function looksWell(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const { name: size, width, height } of SIZES) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await settled(page);
      if (SCREENSHOTS !== undefined) {
        mkdirSync(SCREENSHOTS, { recursive: true });
        await page.screenshot({ path: path.join(SCREENSHOTS, `${name}-${colorScheme}-${size}.png`) });
      }
      const shown: unknown = await page.evaluate("document.documentElement.scrollWidth");
      expect(shown, `${name}, ${colorScheme}, ${size}: the page scrolls sideways`).toBeLessThanOrEqual(width);
      const rules = (colorScheme === "light") === (size === "wide") ? ALL_RULES : RULES_OF_COLOUR;
      expect(await axeViolations(page, rules), `${name}, ${colorScheme}, ${size}`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(DESK);
}

/** Waits until nothing that was asked to be drawn is still on its way. */
async function settled(page: Page): Promise<void> {
  const isDrawing = `document.fonts.status !== "loaded" || [...document.querySelectorAll("span")].some((span) => /^(Drawing|Loading)/.test(span.textContent))`;
  await expect.poll(() => page.evaluate(isDrawing)).toBe(false);
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

async function axeViolations(page: Page, rules: string): Promise<string[]> {
  // Reading axe in takes as long as a run of it; a page keeps it until it is left.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axeSource);
  const result: unknown = await page.evaluate(`axe.run(${rules})`);
  return z
    .object({
      violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
    })
    .parse(result)
    .violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Makes a thread by hand, from any page of the hall and without a reload, and leaves the page in it. */
export async function newThread(page: Page, title: string): Promise<void> {
  await page.getByRole("link", { name: "Threads", exact: true }).click();
  await page.waitForURL("**/threads");
  await page.getByRole("button", { name: "New thread" }).first().click();
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/threads/*");
  await composer(page).waitFor();
}

/** Where a line is typed. */
export function composer(page: Page): Locator {
  return page.getByRole("combobox", { name: "Command line" });
}

/** Types a line, sends it, and returns the action that it became. */
export async function run(page: Page, line: string): Promise<Locator> {
  const before = await page.locator("article").count();
  await composer(page).fill(line);
  await composer(page).press("Enter");
  const action = page.locator("article").nth(before);
  await action.waitFor();
  return action;
}
