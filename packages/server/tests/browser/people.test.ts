import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBrowser } from "./chromium.ts";
import { ada, addPerson, grace, looksWell, noteFaults, visitHall, type Visit } from "./console-visit.ts";

describe.skipIf(noBrowser)(`people in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let visit: Visit;
  let page: Page;

  beforeAll(async () => {
    visit = await visitHall();
    await addPerson(visit, grace);
    page = await visit.open();
  });
  afterAll(() => visit.close());

  const goTo = async (of: Page, item: string) => {
    await of.getByRole("button", { name: /^Signed in as/ }).click();
    await of.getByRole("menuitem", { name: item }).click();
  };

  it("an administrator invites somebody, who joins by the link, once", async () => {
    await page.getByRole("link", { name: "People" }).click();
    await page.getByLabel("E-mail address").fill("linus@example.org");
    await page.getByRole("button", { name: "Make the link" }).click();
    const link = (await page.locator("output code").textContent()) ?? "";
    expect(link).toMatch(/^http:.*\/join#.+/);
    await page.getByText("Not used yet").waitFor();
    await looksWell(page, "people");

    const guest = await (await visit.browser.newContext()).newPage();
    noteFaults(guest, visit.hall.url, visit.faults);
    await guest.goto(link);
    await guest.getByLabel("Your name").fill("Linus");
    await guest.fill("[name=password]", "another long password");
    await looksWell(guest, "join");
    await guest.keyboard.press("Enter");
    await guest.waitForURL("**/threads");
    expect(await guest.getByRole("link", { name: "People" }).count()).toBe(0);
    await guest.goto(`${visit.hall.url}/people`);
    await guest.getByText("Only administrators of the hall see its people.").waitFor();
    await guest.context().close();

    const second = await (await visit.browser.newContext()).newPage();
    await second.goto(link);
    await second.getByRole("alert").waitFor();
    await second.context().close();
  });

  it("a deactivated person is signed out at once, and back when reactivated", async () => {
    const other = await visit.open(grace);
    await page.reload();
    await page.getByRole("button", { name: `Change ${grace.name}` }).click();
    await looksWell(page, "people-menu");
    if (!(await page.getByRole("menuitem", { name: "Deactivate" }).isVisible()))
      await page.getByRole("button", { name: `Change ${grace.name}` }).click();
    await page.getByRole("menuitem", { name: "Deactivate" }).click();
    await page.getByText("Deactivated").waitFor();
    await other.reload();
    await other.waitForURL("**/login");
    await page.getByRole("button", { name: `Change ${grace.name}` }).click();
    await page.getByRole("menuitem", { name: "Reactivate" }).click();
    await expect.poll(() => page.getByText("Deactivated").count()).toBe(0);
    await other.context().close();
  });

  it("who lost the password sets a new one by an administrator's link, once", async () => {
    const elsewhere = await visit.open(grace);
    await page.getByRole("button", { name: `Change ${grace.name}` }).click();
    await page.getByRole("menuitem", { name: "Make a link for a new password" }).click();
    const link = (await page.locator("output code", { hasText: "new-password" }).textContent()) ?? "";
    expect(link).toMatch(/^http:.*\/new-password#.+/);
    await looksWell(page, "people-password-link");

    const guest = await (await visit.browser.newContext()).newPage();
    noteFaults(guest, visit.hall.url, visit.faults);
    await guest.goto(link);
    await guest.fill("[name=password]", "an entirely new password");
    await looksWell(guest, "new-password");
    await guest.keyboard.press("Enter");
    await guest.waitForURL("**/threads");
    await elsewhere.reload();
    await elsewhere.waitForURL("**/login");
    await elsewhere.fill("[name=email]", grace.email);
    await elsewhere.fill("[name=password]", grace.password);
    await elsewhere.keyboard.press("Enter");
    await elsewhere.getByRole("alert").waitFor();
    await elsewhere.goto(link);
    await elsewhere.getByText(/This link was used/).waitFor();
    await looksWell(elsewhere, "new-password-used");
    await elsewhere.context().close();
    await guest.context().close();
    await page.getByRole("button", { name: /^Change Ada/i }).click();
    expect(await page.getByRole("menuitem", { name: "Make a link for a new password" }).isVisible()).toBe(
      false,
    );
    await page.keyboard.press("Escape");
  });

  it("the last administrator stays one", async () => {
    await page
      .getByRole("button", { name: `Change ${ada.email.split("@")[0]}` })
      .or(page.getByRole("button", { name: `Change ${ada.name}` }))
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Make a member" }).click();
    await page
      .getByRole("alert")
      .filter({ hasText: /administrator/ })
      .waitFor();
  });

  it("sessions are listed, and one elsewhere is ended, also while its page is open", async () => {
    const elsewhere = await visit.open();
    await elsewhere.getByRole("button", { name: "New thread" }).first().click();
    await elsewhere.keyboard.press("Enter");
    await elsewhere.waitForURL("**/threads/*");
    await elsewhere.getByText("Live", { exact: true }).waitFor();
    await goTo(page, "Your account");
    await page.getByText("This one").waitFor();
    await looksWell(page, "account");
    const ends = page.getByRole("button", { name: /^End/ });
    const before = await ends.count();
    expect(before).toBeGreaterThan(0);
    for (let left = before; left > 0; left -= 1) {
      await ends.first().click();
      await expect.poll(() => ends.count()).toBe(left - 1);
    }
    // Its token died while the page was open: it asks to sign in, and leads back to where it was.
    await elsewhere.waitForURL("**/login?next=*");
    await elsewhere.fill("[name=email]", ada.email);
    await elsewhere.fill("[name=password]", ada.password);
    await elsewhere.keyboard.press("Enter");
    await elsewhere.waitForURL("**/threads/*");
    await elsewhere.context().close();
  });

  it("the password is changed, a wrong one is refused", async () => {
    await page.getByLabel("Current password", { exact: true }).fill("not it at all");
    await page.getByLabel("New password", { exact: true }).fill("a better horse battery");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Current password", { exact: true }).fill(ada.password);
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("The password is changed.").waitFor();
    await page.reload();
    await page.getByText("This one").waitFor();
    await goTo(page, "Sign out");
    await page.waitForURL("**/login");
    await page.fill("[name=email]", ada.email);
    await page.fill("[name=password]", "a better horse battery");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/threads");
  });

  it("settings are a form drawn from the module's schema, each field with its own reason", async () => {
    await goTo(page, "Your settings");
    const gallery = page.locator("form").filter({ hasText: "Greeting" });
    await page.getByLabel("Greeting").fill("Mind the step");
    await page.getByLabel("Light").selectOption("candle");
    await page.getByLabel("Quiet").check();
    await page.getByLabel("Steps").fill("12");
    await page.getByLabel("Tour").fill("{");
    await gallery.getByRole("button", { name: "Save" }).click();
    await page.getByText("It must be JSON.").waitFor();
    await page.getByLabel("Tour").fill('{"rooms": ["attic"]}');
    await gallery.getByRole("button", { name: "Save" }).click();
    await page.locator("[aria-invalid=true]").waitFor();
    await page.getByText("It must be 9 or less.").waitFor();
    await looksWell(page, "settings");
    await page.getByLabel("Steps").fill("3");
    await gallery.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.reload();
    await expect
      .poll(() => page.getByLabel("Greeting").inputValue(), { timeout: 30_000 })
      .toBe("Mind the step");
    expect(await page.getByLabel("Quiet").isChecked()).toBe(true);
    expect(await page.getByLabel("Light").inputValue()).toBe("candle");
  });

  it("an administrator sees the modules, sets one, and disables and enables it", async () => {
    await page.getByRole("link", { name: "Modules" }).click();
    const gallery = page
      .getByRole("listitem")
      .filter({ has: page.getByRole("heading", { name: /^gallery/ }) });
    await gallery.getByText(/^Started at .* in \d+ ms$/).waitFor();
    await gallery.getByText("Settings").click();
    await gallery.getByText("The default.").first().waitFor();
    await gallery.getByLabel("Frames").fill("7");
    await looksWell(page, "modules");
    await gallery.getByRole("button", { name: /^Save/ }).click();
    await gallery.getByText("Saved.").waitFor();
    await gallery.getByText("Saved here.").waitFor();
    await gallery.getByRole("button", { name: "Disable gallery" }).click();
    await gallery.getByRole("button", { name: "Enable gallery" }).waitFor();
    await gallery.getByRole("button", { name: "Enable gallery" }).click();
    await gallery.getByText("healthy").waitFor();
  });

  it("no page threw, called a foreign address or broke its policy", () => {
    expect(visit.faults).toEqual([]);
  });
});
