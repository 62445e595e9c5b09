import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { z } from "zod";
import { fillThread } from "../lab/fill-thread.ts";
import { CREDENTIALS, hallEnvironment, makeThread, postJson, signIn } from "../lab/hall.ts";
import { agesOf, openedAt, watchPixels } from "../lab/pixel-clock.ts";
import { benchProgram } from "../lab/places.ts";
import { withEmbeddedStore } from "../lab/store-client.ts";
import { lastStamp } from "../lab/stamped-text.ts";
import { Workshop, type Program } from "../lab/workshop.ts";
import { didNotRun, median, quantile, spread, type Benchmark, type Row } from "../report.ts";

const PER_SECOND = 50;
const BYTES = 100;
const CHUNKS = 1000;
const ACTIONS = 10_000;
const MOST_SCRIPT_BYTES = 150_000;
const PATIENCE_MILLISECONDS = 60_000;

const Action = z.object({ id: z.uuid(), is_completed: z.boolean() });

const HALL = new URL("../halls/fan-out-hall.ts", import.meta.url);
const FLOOR = new URL("../floors/bare-page.ts", import.meta.url);
const CONSOLE = fileURLToPath(new URL("../../../packages/console/dist", import.meta.url));
const BROWSERS = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The real console in a real browser, beside a bare page that appends text. */
export const consolePages: Benchmark = {
  name: "console",
  summary: "chunks to pixels in the console, and opening long threads",
  run: async ({ quick, progress }) => {
    const executablePath = BROWSERS.find((place) => place !== undefined && existsSync(place));
    if (executablePath === undefined) {
      return didNotRun("no browser was found: install Chromium, or name one by CHROMIUM.");
    }
    await using workshop = new Workshop();
    const hall = await openHall(workshop);
    const floor = await workshop.start({ args: benchProgram(FLOOR), ready: /^Floor is open at (.*)$/ });
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    workshop.defer(() => browser.close());
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(PATIENCE_MILLISECONDS);
    await signInByPage(context, hall.url);

    const rounds = quick ? 2 : 6;
    const live = await measureLive({ context, hall, floor, rounds, seconds: quick ? 2 : 5, progress });
    const chunks = await measureOpening({
      context,
      hall,
      floor,
      rounds: rounds * 2,
      threadId: await threadOfChunks(hall),
    });
    progress("opened the thread of many chunks");
    const actions = await measureOpening({
      context,
      hall,
      floor,
      rounds: rounds * 2,
      threadId: await threadOfActions(hall),
    });
    progress("opened the thread of many actions");
    const script = scriptBytes();
    return {
      rows: [
        timeRow(`chunk in the handler to pixels at ${PER_SECOND}/s, p50`, live.hall.p50, live.floor.p50),
        timeRow(`the same, p99`, live.hall.p99, live.floor.p99),
        timeRow(
          `opening a thread of ${CHUNKS.toLocaleString("en")} chunks, to the last one's pixels`,
          chunks.hall,
          chunks.floor,
        ),
        timeRow(
          `opening a thread of ${ACTIONS.toLocaleString("en")} actions, to the last one's pixels`,
          actions.hall,
          actions.floor,
        ),
        {
          measure: "script of the first load, compressed",
          hall: `${(script / 1000).toFixed(1)} kB`,
          floor: "",
          budget: `< ${MOST_SCRIPT_BYTES / 1000} kB`,
          met: script < MOST_SCRIPT_BYTES,
        },
      ],
      notes: [
        `The peer is a page that appends each text to its document: from a bare WebSocket that stores nothing, or from the answer of the hall's API, kept ready. ${rounds} rounds of streams and ${rounds * 2} of openings in turn, in one headless browser that has all files in its cache; frames come at 60 a second, so that a text waits 8 ms for one in the middle.`,
      ],
    };
  },
};

interface HallSide {
  readonly url: string;
  readonly dataFolder: string;
  readonly headers: { readonly authorization: string };
}

async function openHall(workshop: Workshop): Promise<HallSide> {
  const dataFolder = await workshop.folder();
  const program = await workshop.start({
    args: [...benchProgram(HALL), "start"],
    env: hallEnvironment({ dataFolder }),
    ready: /^Guildhall is open at (.*)$/,
  });
  const headers = await signIn(workshop, { program, url: program.ready, dataFolder });
  return { url: program.ready, dataFolder, headers };
}

async function signInByPage(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.fill("[name=email]", CREDENTIALS.email);
  await page.fill("[name=password]", CREDENTIALS.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/threads");
  await page.close();
}

async function measureLive(given: {
  readonly context: BrowserContext;
  readonly hall: HallSide;
  readonly floor: Program;
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (line: string) => void;
}) {
  const { context, hall, floor, rounds, seconds, progress } = given;
  const count = PER_SECOND * seconds;
  const interval = 1000 / PER_SECOND;
  const threadId = await makeThread(hall.url, hall.headers);
  const hallPage = await openPage(context, `${hall.url}/threads/${threadId}`);
  await hallPage.getByText("Live", { exact: true }).waitFor();
  const floorPage = await openPage(context, `${floor.ready}/`);
  await floorPage.locator("body[data-live=yes]").waitFor({ state: "attached" });
  const sides = {
    hall: {
      page: hallPage,
      begin: () =>
        postJson(
          `${hall.url}/api/v1/threads/${threadId}/actions`,
          { raw_text: `stream ${count} ${BYTES} ${interval}` },
          hall.headers,
        ),
    },
    floor: { page: floorPage, begin: () => postJson(`${floor.ready}/`, { count, bytes: BYTES, interval }) },
  };
  const kept: Record<keyof typeof sides, Record<"p50" | "p99", number[]>> = {
    hall: { p50: [], p99: [] },
    floor: { p50: [], p99: [] },
  };
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of ["hall", "floor"] as const) {
      const { page, begin } = sides[name];
      await page.bringToFront();
      await begin();
      const ages = Float64Array.from(await agesOf(page, count)).toSorted();
      if (round === 0) continue;
      kept[name].p50.push(quantile(ages, 0.5));
      kept[name].p99.push(quantile(ages, 0.99));
      progress(`round ${round} of ${rounds}, ${name}: p50 ${quantile(ages, 0.5).toFixed(1)} ms`);
    }
  }
  await hallPage.close();
  await floorPage.close();
  return kept;
}

async function measureOpening(given: {
  readonly context: BrowserContext;
  readonly hall: HallSide;
  readonly floor: Program;
  readonly rounds: number;
  readonly threadId: string;
}) {
  const { context, hall, floor, rounds, threadId } = given;
  const answer = await fetch(`${hall.url}/api/v1/threads/${threadId}`, { headers: hall.headers });
  const document = await answer.text();
  await fetch(`${floor.ready}/document`, { method: "PUT", body: document });
  const last = lastStamp(document);
  const urls = { hall: `${hall.url}/threads/${threadId}`, floor: `${floor.ready}/opened` };
  const times: Record<keyof typeof urls, number[]> = { hall: [], floor: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of ["hall", "floor"] as const) {
      const page = await openPage(context, urls[name]);
      const milliseconds = await openedAt(page, last);
      await page.close();
      if (round > 0) times[name].push(milliseconds);
    }
  }
  return times;
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await watchPixels(page);
  await page.goto(url);
  return page;
}

async function threadOfChunks(hall: HallSide): Promise<string> {
  const threadId = await makeThread(hall.url, hall.headers);
  await stream(hall, threadId, CHUNKS);
  return threadId;
}

async function threadOfActions(hall: HallSide): Promise<string> {
  const threadId = await makeThread(hall.url, hall.headers);
  await stream(hall, threadId, 1);
  await withEmbeddedStore(hall.dataFolder, async (client) => {
    await fillThread(client, { threadId, actions: ACTIONS - 1 });
    await client.query("vacuum analyze");
  });
  await stream(hall, threadId, 1);
  return threadId;
}

/** Runs a stream to its end. */
async function stream(hall: HallSide, threadId: string, count: number): Promise<void> {
  const made = await postJson(
    `${hall.url}/api/v1/threads/${threadId}/actions`,
    { raw_text: `stream ${count} ${BYTES} 0` },
    hall.headers,
  );
  const { id } = Action.parse(made);
  const answer = await fetch(`${hall.url}/api/v1/actions/${id}?wait=60`, { headers: hall.headers });
  if (!Action.parse(await answer.json()).is_completed) throw new Error("a stream did not end");
}

function scriptBytes(): number {
  const page = readFileSync(`${CONSOLE}/index.html`, "utf8");
  const scripts = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, address = ""]) => address);
  return scripts.reduce((sum, address) => sum + gzipSync(readFileSync(`${CONSOLE}${address}`)).length, 0);
}

function timeRow(measure: string, ofHall: readonly number[], ofFloor: readonly number[]): Row {
  return {
    measure,
    hall: spread(ofHall, "ms", 1),
    floor: spread(ofFloor, "ms", 1),
    ratio: median(ofHall) / median(ofFloor),
  };
}
