import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const found = PLACES.find((place) => place !== undefined && existsSync(place));

if (found === undefined && process.env["CI"] === "true") {
  throw new Error(
    "The browser's suites need Chromium: install Debian's package chromium, or name one by CHROMIUM.",
  );
}

/** Why the browser's suites do not run here; undefined where they do. */
export const noBrowser =
  found === undefined
    ? "no browser found: install Debian's package chromium, or name one by CHROMIUM"
    : undefined;

/** Starts a headless browser that talks to nobody but the pages it is given. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    ...(found === undefined ? {} : { executablePath: found }),
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}
