import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBrowser } from "./chromium.ts";
import { newThread, run, visitHall, type Visit } from "./console-visit.ts";

describe.skipIf(noBrowser)(`live threads in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let visit: Visit;
  let page: Page;
  let second: Page;

  beforeAll(async () => {
    visit = await visitHall();
    page = await visit.open();
    await newThread(page, "Seen by two");
    second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByText("Live", { exact: true }).waitFor();
  });
  afterAll(() => visit.close());

  /** The numbers that an answer of `stream` shows, in order. */
  const numbers = async (of: Page) => {
    const text = await of.locator("article").last().innerText();
    return [...text.matchAll(/^chunk (\d+)$/gm)].map(([, number]) => Number(number));
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const live = (of: Page) => of.getByText("Live", { exact: true }).waitFor();

  it("two windows show the same, in order, while it streams", async () => {
    await run(page, "stream 200 --ms 5");
    for (const view of [page, second])
      await expect.poll(() => numbers(view), { timeout: 15_000 }).toEqual(upTo(200));
  });

  it("network loss heals without loss, doubling or reload", async () => {
    await page.evaluate("window.isSamePage = true");
    await run(second, "stream 150 --ms 20");
    await page.locator("article").last().getByText("chunk 5", { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText("Reconnecting").waitFor();
    await page.context().setOffline(false);
    for (const view of [page, second])
      await expect.poll(() => numbers(view), { timeout: 15_000 }).toEqual(upTo(150));
    expect(await page.evaluate("window.isSamePage")).toBe(true);
  });

  it("a restart of the hall heals, and what the person does makes it try at once", async () => {
    await visit.hall.kill();
    await page.getByText("Reconnecting").waitFor();
    // Long enough for the pauses between attempts to have grown.
    await page.clock.install();
    await page.clock.fastForward(60_000);
    await visit.restart();
    await page.keyboard.press("Shift");
    await live(page);
    await page.clock.resume();
    await run(page, "stream 20");
    for (const view of [page, second])
      await expect.poll(() => numbers(view), { timeout: 40_000 }).toEqual(upTo(20));
    expect(await page.evaluate("window.isSamePage")).toBe(true);
  }, 90_000);

  it("a page that slept for more than a minute heals when it is shown, without loss or doubling", async () => {
    const sleeper = await visit.open();
    await sleeper.goto(page.url());
    await live(sleeper);
    await sleeper.evaluate("window.isSamePage = true");
    await sleeper.clock.install();
    const show = async (state: "hidden" | "visible") =>
      await sleeper.evaluate(
        `Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });` +
          `Object.defineProperty(document, "hidden", { configurable: true, get: () => ${state === "hidden"} });` +
          `document.dispatchEvent(new Event("visibilitychange"));`,
      );
    const sockets: string[] = [];
    sleeper.on("websocket", (socket) => sockets.push(socket.url()));
    await run(second, "stream 40 --ms 50");
    await sleeper.locator("article").last().getByText("chunk 3", { exact: true }).waitFor();
    await show("hidden");
    await sleeper.clock.fastForward(61_000);
    await show("visible");
    await sleeper.clock.resume();
    for (const view of [sleeper, second])
      await expect.poll(() => numbers(view), { timeout: 40_000 }).toEqual(upTo(40));
    // The socket that may have died in its sleep was not trusted, and the new one went on from the last event.
    expect(sockets.length).toBeGreaterThanOrEqual(1);
    expect(sockets[0]).not.toMatch(/after=0(&|$)/);
    expect(await sleeper.evaluate("window.isSamePage")).toBe(true);
    await sleeper.context().close();
  });

  it("a line that was sent while the hall was away runs once", async () => {
    const before = await page.locator("article").count();
    await visit.hall.kill();
    const sending = run(page, "echo only once");
    await visit.restart();
    await sending;
    await page.locator("article").last().getByText("only once", { exact: true }).waitFor();
    expect(await page.locator("article").count()).toBe(before + 1);
    await page.reload();
    await page.locator("article").last().getByText("only once", { exact: true }).waitFor();
    expect(await page.locator("article").count()).toBe(before + 1);
  }, 90_000);

  it("a thread that is removed while two look says so to both", async () => {
    const list = await page.context().newPage();
    await list.goto(`${visit.hall.url}/threads`);
    await list.getByRole("button", { name: "Delete Seen by two" }).click();
    await list.getByRole("button", { name: "Delete", exact: true }).last().click();
    for (const view of [page, second]) await view.getByText(/This thread was removed/).waitFor();
    await list.close();
  });

  it("no page threw, called a foreign address or broke its policy", () => {
    expect(visit.faults).toEqual([]);
  });
});
