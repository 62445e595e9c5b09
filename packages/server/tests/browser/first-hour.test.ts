import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { dataFolder, environment, runProgram, says, serve, type ServedHall } from "../terminal/program.ts";
import { launchBrowser, noBrowser } from "./chromium.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const person = { name: "Ada Lovelace", email: "ada@example.org", password: "correct horse battery" };
const SIZES = [
  { width: 1200, height: 800 },
  { width: 360, height: 700 },
];

if (noBrowser) process.stderr.write(`The browser's suites do not run: ${noBrowser}.\n`);

describe.skipIf(noBrowser)(`the first hour in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let data: Awaited<ReturnType<typeof dataFolder>>;
  let env: NodeJS.ProcessEnv;
  let hall: ServedHall;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    data = await dataFolder();
    // A port of its own for the whole suite, so that the page finds the hall again after a restart.
    env = environment(data.folder);
    hall = await serve({ env, samples: true });
    env = { ...env, GUILDHALL_HTTP__PORT: new URL(hall.url).port };
    browser = await launchBrowser();
    page = await (await browser.newContext({ viewport: { width: 1200, height: 800 } })).newPage();
    page.on("pageerror", (error) => faults.push(`error in the page: ${error.message}`));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(hall.url) && !url.startsWith("data:"))
        faults.push(`a request left the machine: ${url}`);
    });
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) faults.push(message.text());
    });
  });
  afterAll(async () => {
    await browser.close();
    await hall.stop();
    await data.remove();
  });

  /** Looks at the page wide and narrow, light and dark: nothing sticks out, and axe finds no fault of level A or AA. */
  async function looksWell(): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const size of SIZES) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(size);
        const width: unknown = await page.evaluate("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(size.width);
        expect(await axeViolations()).toEqual([]);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1200, height: 800 });
  }

  async function axeViolations(): Promise<string[]> {
    const result: unknown = await page.evaluate(
      `${axeSource}; axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })`,
    );
    return z
      .object({
        violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
      })
      .parse(result)
      .violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  }

  const type = async (line: string) => {
    await page.locator("textarea").fill(line);
    await page.locator("textarea").press("Enter");
  };
  const answers = () => page.locator("article");

  it("the printed link makes the first account, once", async () => {
    const link = /http:\S+\/setup#\S+/.exec(hall.program.out())?.[0] ?? "";
    await page.goto(link);
    await page.fill("[name=name]", person.name);
    await looksWell();
    await page.fill("[name=email]", person.email);
    await page.fill("[name=password]", person.password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/threads");
    await looksWell();

    const second = await (await browser.newContext()).newPage();
    await second.goto(link);
    await second.fill("[name=name]", "Eve");
    await second.fill("[name=email]", "eve@example.org");
    await second.fill("[name=password]", person.password);
    await second.keyboard.press("Enter");
    expect(await second.textContent("[role=alert]")).toContain("set-up link");
    await second.close();
  });

  it("a typed line is answered in a new thread", async () => {
    await page.getByRole("button", { name: "Create new thread" }).click();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/threads/*");
    await type("roll 4d6kh3 damage");
    // The renderer of Markdown is loaded when it is first needed.
    await answers().locator("strong", { hasText: "4d6kh3" }).waitFor();
    expect(await answers().innerText()).toMatch(/4d6kh3 = \d+ damage/);
    await looksWell();
  });

  it("a long answer streams in, and can be cancelled", async () => {
    await type("stream 100000 --ms 20");
    const answer = answers().last();
    await answer.getByText("chunk 3", { exact: false }).first().waitFor();
    await answer.getByRole("button", { name: /cancel/i }).click();
    await answer
      .getByText(/cancelled/i)
      .first()
      .waitFor();
    expect(await answer.innerText()).not.toContain("chunk 100000");
  });

  it("a line that cannot be run is explained and stays in the composer", async () => {
    await type("rol 1d20");
    await page.getByText("did you mean roll?").first().waitFor();
    expect(await page.locator("textarea").inputValue()).toBe("rol 1d20");
    await looksWell();
  });

  it("what happened is there again after kill -9, without a reload, and goes on", async () => {
    const before = await answers().count();
    await hall.kill();
    hall = await serve({ env, samples: true });
    await says(hall.program, /is open/);
    await type("roll 1d20 after the fall");
    await answers().filter({ hasText: "after the fall" }).getByText("Rolls:").waitFor();
    expect(await answers().count()).toBe(before + 1);
    await page.reload();
    await answers().filter({ hasText: "after the fall" }).waitFor();
    expect(await answers().count()).toBe(before + 1);
  });

  it("a line from the terminal shows up live where the person looks", async () => {
    await page.goto(`${hall.url}/threads`);
    await runProgram(["roll", "2d6", "--as", person.email], { env });
    await page.reload();
    await page.getByRole("link", { name: "Home" }).click();
    await page.waitForURL("**/threads/*");
    await answers().first().waitFor();
    await runProgram(["roll", "1d4", "from the terminal", "--as", person.email], { env });
    await answers().filter({ hasText: "from the terminal" }).waitFor();
  });

  it("signing out ends it, and signing in goes on", async () => {
    await page.goto(`${hall.url}/threads`);
    await page.getByText(/sign out/i).click();
    await page.waitForURL("**/login");
    await looksWell();
    await page.fill("[name=email]", person.email);
    await page.fill("[name=password]", "wrong");
    await page.keyboard.press("Enter");
    await page.locator("[role=alert]").waitFor();
    await page.fill("[name=password]", person.password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/threads");
  });

  it("no page threw, called a foreign address or broke its policy", () => {
    expect(faults).toEqual([]);
  });
});
