import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSlackHall, type SlackHall } from "../adapters/slack/slack-hall.ts";
import { PLANTED } from "../support/planted-secrets.ts";
import { stores, type TestDatabase } from "../support/stores.ts";
import { launchBrowser, noBrowser } from "./chromium.ts";
import { looksWell } from "./console-visit.ts";

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe.skipIf(noBrowser !== undefined)("setting up Slack in a browser", () => {
  let database: TestDatabase;
  let hall: SlackHall;
  let browser: Browser;
  let page: Page;
  const answers: string[] = [];
  const messages = async () =>
    JSON.stringify(
      await hall.world.call("conversations.history", { channel: hall.world.channels.get("general") }),
    );

  beforeAll(async () => {
    database = await store.createDatabase();
    hall = await openSlackHall({ databaseUrl: database.url });
    await hall.createPerson("ada@example.org", { admin: true, password: PLANTED.password });
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    // The library sends people to Slack itself; here the emulator is Slack.
    await context.route("https://slack.com/**", (route) => {
      const { pathname, search } = new URL(route.request().url());
      return route.fulfill({
        status: 302,
        headers: { location: new URL(pathname + search, hall.world.emulator.url).href },
      });
    });
    page = await context.newPage();
    page.on("response", (response) => {
      if (response.url().includes("/set-up")) void response.text().then((text) => answers.push(text));
    });
    await page.goto(`${hall.origin}/login`);
    await page.fill("[name=email]", "ada@example.org");
    await page.fill("[name=password]", PLANTED.password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/threads");
  });
  afterAll(async () => {
    await browser?.close();
    await hall?.stop();
    await database?.drop();
  });

  it("shows the manifest, and which secrets are set, but none of them", async () => {
    await page.getByRole("link", { name: "Slack" }).click();
    await page.getByRole("heading", { name: "1. Make the app at Slack" }).waitFor();
    await page.getByText("Show the manifest").click();
    await page.getByText('"slash_commands"').waitFor();
    const secret = page.getByRole("listitem").filter({ hasText: "GUILDHALL_SLACK__SIGNING_SECRET" });
    expect(await secret.innerText()).toMatch(/\bset$/);
    const token = page.getByRole("listitem").filter({ hasText: "GUILDHALL_SLACK__BOT_TOKENS" });
    expect(await token.innerText()).toMatch(/not set$/);
    await page.getByText("The hall is in no workspace yet.").waitFor();
    expect(await page.getByRole("button", { name: "Write it" }).isDisabled()).toBe(true);
    await looksWell(page, "slack-new");
    expect(answers.join("")).not.toContain(PLANTED.slackClientSecret);
  });

  it("installs the hall in a workspace", async () => {
    const opening = page.waitForEvent("popup");
    await page.getByRole("link", { name: "Install in Slack" }).click();
    const consent = await opening;
    await consent.locator("form button, form input[type=submit]").first().click();
    await consent.getByText("Success!").waitFor();
    await consent.close();
    await page.getByRole("button", { name: "See whether it is installed" }).click();
    const workspace = page.getByRole("list", { name: "Workspaces" }).getByText(hall.world.teamId);
    await workspace.waitFor();
    await page.getByText("answers", { exact: true }).waitFor();
  });

  it("says why the test message cannot be written, then writes it", async () => {
    await page.getByLabel("Channel").fill("nowhere");
    await page.getByRole("button", { name: "Write it" }).click();
    await page.getByRole("alert").filter({ hasText: 'There is no public channel "nowhere".' }).waitFor();
    await page.getByLabel("Channel").fill("#general");
    await page.keyboard.press("Enter");
    await page.getByText("The message stands in #general.").waitFor();
    expect(await messages()).toContain("is here. Type");
    await looksWell(page, "slack-done");
  });
});
