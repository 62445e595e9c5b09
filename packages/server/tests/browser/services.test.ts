import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBrowser } from "./chromium.ts";
import { addPerson, grace, looksWell, newThread, run, visitHall, type Visit } from "./console-visit.ts";

describe.skipIf(noBrowser)(`services in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let visit: Visit;
  let page: Page;

  beforeAll(async () => {
    visit = await visitHall();
    await addPerson(visit, grace);
    page = await visit.open();
  });
  afterAll(() => visit.close());

  const card = (of: Page, name: string) =>
    of.getByRole("listitem").filter({ has: of.getByRole("heading", { name: new RegExp(`^${name}`) }) });

  it("are run by hand, with progress, outcome and duration", async () => {
    await page.getByRole("link", { name: "Services" }).click();
    const dusting = card(page, "dust-frames");
    await dusting.getByText("Never yet").waitFor();
    // By the keyboard alone.
    await dusting.getByRole("button", { name: "Run now dust-frames" }).focus();
    await page.keyboard.press("Enter");
    await dusting.getByText("Running: half of the frames").waitFor();
    expect(await dusting.getByRole("button", { name: "Run now dust-frames" }).isDisabled()).toBe(true);
    const other = await page.context().newPage();
    await other.goto(`${visit.hall.url}/threads`);
    await newThread(other, "Dusting");
    await run(other, "dusted");
    await other.close();
    await dusting.getByText(/done in \d/).waitFor();
    await dusting.getByText("Earlier runs").click();
    await dusting.getByText("all of the frames are dusted").waitFor();
    await dusting.getByText("asked for").waitFor();
  });

  it("one that fails says why", async () => {
    const clock = card(page, "wind-clock");
    await clock.getByRole("button", { name: "Run now wind-clock" }).click();
    await clock.getByRole("alert").filter({ hasText: "Failed once" }).waitFor();
    await looksWell(page, "services");
  });

  it("are paused and resumed", async () => {
    const dusting = card(page, "dust-frames");
    await dusting.getByRole("button", { name: "Pause dust-frames" }).click();
    await dusting.getByText("Paused", { exact: true }).waitFor();
    await page.reload();
    await dusting.getByText("Paused", { exact: true }).waitFor();
    await dusting.getByRole("button", { name: "Resume dust-frames" }).click();
    await expect.poll(() => dusting.getByText("Paused", { exact: true }).count()).toBe(0);
  });

  it("are seen by everyone, and steered by administrators", async () => {
    const member = await visit.open(grace);
    await member.goto(`${visit.hall.url}/services`);
    await card(member, "dust-frames")
      .getByText(/done in \d/)
      .waitFor();
    expect(await member.getByRole("button", { name: /^(Run now|Pause|Resume)/ }).count()).toBe(0);
    await member.context().close();
  });

  it("a narrow page has the administrators' pages in the person's menu, reached by keys", async () => {
    await page.setViewportSize({ width: 360, height: 720 });
    await page.getByRole("button", { name: /^Signed in as/ }).press("Enter");
    await page.getByRole("menuitem", { name: "Services" }).waitFor();
    await looksWell(page, "header-menu");
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 360, height: 720 });
    await page.goto(`${visit.hall.url}/threads`);
    await page.getByRole("button", { name: /^Signed in as/ }).press("Enter");
    await page.getByRole("menuitem", { name: "Your account" }).waitFor();
    for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/services");
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("a hall without services, and one that cannot be reached, say so", async () => {
    await page.route("**/api/v1/services", (route) => route.fulfill({ json: { items: [] } }));
    await page.reload();
    await page.getByText("no module of this hall brings a service").waitFor();
    await looksWell(page, "services-empty");
    await page.unroute("**/api/v1/services");
    await page.route("**/api/v1/services", (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        json: { status: 500, code: "internal", title: "Broken", detail: "The store is away." },
      }),
    );
    await page.reload();
    await page.getByRole("alert").filter({ hasText: "The store is away." }).waitFor();
    await page.unroute("**/api/v1/services");
  });

  it("no page threw, called a foreign address or broke its policy", () => {
    expect(visit.faults).toEqual([]);
  });
});
