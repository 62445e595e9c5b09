import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFolder, environment, runProgram, says, serve, type ServedHall } from "../terminal/program.ts";
import { launchBrowser, noBrowser } from "./chromium.ts";
import { looksWell, noteFaults } from "./console-visit.ts";

const person = { name: "Ada Lovelace", email: "ada@example.org", password: "correct horse battery" };
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
    noteFaults(page, hall.url, faults);
  });
  afterAll(async () => {
    await browser.close();
    await hall.stop();
    await data.remove();
  });

  const type = async (line: string) => {
    await page.locator("textarea").fill(line);
    await page.locator("textarea").press("Enter");
  };
  const answers = () => page.locator("article");

  it("the printed link makes the first account, once", async () => {
    const link = /http:\S+\/setup#\S+/.exec(hall.program.out())?.[0] ?? "";
    await page.goto(link.split("#")[0] ?? "");
    await page.getByText("This address lacks the token of the set-up link.").waitFor();
    await looksWell(page, "set-up-without-token");
    await page.goto("about:blank");
    await page.goto(link);
    // By the keyboard alone: the first field has the focus, and Tab leads through the others in order.
    for (const [name, text] of [
      ["name", person.name],
      ["email", person.email],
      ["password", person.password],
    ] as const) {
      await page.locator(`[name=${name}]:focus`).waitFor();
      await page.keyboard.type(text);
      if (name !== "password") await page.keyboard.press("Tab");
    }
    await looksWell(page, "set-up");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/threads");
    await looksWell(page, "threads-empty");

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
    await page.getByRole("button", { name: "New thread" }).click();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/threads/*");
    await type("roll 4d6kh3 damage");
    // The renderer of Markdown is loaded when it is first needed.
    await answers().locator("strong", { hasText: "4d6kh3" }).waitFor();
    expect(await answers().innerText()).toMatch(/4d6kh3 = \d+ damage/);
    await looksWell(page, "thread-roll");
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
    await looksWell(page, "thread-refused");
  });

  it("what happened is there again after kill -9, without a reload, and goes on", async () => {
    const before = await answers().count();
    await hall.kill();
    hall = await serve({ env, samples: true });
    await says(hall.program, /is open/);
    await type("roll 1d20 after the fall");
    await answers().filter({ hasText: "after the fall" }).getByText("Dice:").waitFor({ state: "attached" });
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
    await page.getByRole("button", { name: /^Signed in as/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForURL("**/login");
    await looksWell(page, "sign-in");
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
