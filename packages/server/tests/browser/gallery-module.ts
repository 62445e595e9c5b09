import { setTimeout as delay } from "node:timers/promises";
import { crc32, deflateSync } from "node:zlib";
import {
  buttons,
  chart,
  CommandError,
  defineCommand,
  defineModule,
  defineService,
  file,
  html,
  image,
  integer,
  json,
  markdown,
  mermaid,
  option,
  plainText,
  progress,
  table,
  text,
  type Chunk,
  type Module,
} from "@guildhall/sdk";
import { z } from "zod";

const ESC = "\u001B";

/** Ends the service's run that waits for it. */
let dusted: (() => void) | undefined;

/** What foreign text tries, of which nothing may happen; `tried` counts in the page. */
const HOSTILE_HTML = [
  "<p>Harmless words stay.</p>",
  "<script>window.tried = 'script'</script>",
  "<img src=x onerror=\"window.tried = 'onerror'\">",
  "<img src='https://elsewhere.invalid/pixel.png' alt='remote picture'>",
  "<svg onload=\"window.tried = 'svg'\"><script>window.tried = 'svg script'</script></svg>",
  "<iframe src='https://elsewhere.invalid/'></iframe>",
  "<a href=\"javascript:window.tried = 'link'\">link that runs</a>",
  "<form action='https://elsewhere.invalid/'><input name=password><button>Send</button></form>",
  "<style>body { display: none }</style>",
  "<p style='position:fixed;inset:0' class='fixed inset-0'>over everything</p>",
  "<math><mtext><table><mglyph><style><img src=x onerror=\"window.tried = 'mutation'\"></style></mglyph></table></mtext></math>",
].join("\n");

const MARKDOWN = `## Supplies for the road

The **guild** needs *three* things before dawn, see [the ledger](https://example.org/ledger):

1. Rope, 50 ft
2. Lamp oil
   - two flasks
   - one spare

> Leave nothing behind that you cannot carry twice.

\`\`\`ts
/** How far a party walks in a day, in miles. */
export function march(hours: number, pace: "slow" | "fast" = "slow"): number {
  const MILES = { slow: 2, fast: 4 };
  return hours * MILES[pace]; // rests are not counted
}
\`\`\`

| item | weight | price |
| ---- | -----: | ----: |
| rope |     10 |     1 |
| oil  |      1 |   0.1 |

Inline \`code\` and ~~struck~~ words end it.
`;

const DIAGRAM = `flowchart LR
  line[A typed line] --> parse{Does it parse?}
  parse -- no --> told[Told what was wrong]
  parse -- yes --> record[(Recorded)]
  record --> run[Runs] --> chunks[Chunks stream in]
`;

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="90" viewBox="0 0 240 90">
<script>window.tried = "svg picture"</script>
<image href="https://elsewhere.invalid/pixel.png" width="1" height="1"/>
<rect width="240" height="90" rx="12" fill="#1f5f57"/><text x="24" y="54" font-family="sans-serif" font-size="24" fill="#fff">A vector shield</text></svg>`;

const COLOURS = [
  `${ESC}[1mbuild${ESC}[0m  ${ESC}[32mok${ESC}[0m      compiled 214 files in ${ESC}[36m3.2 s${ESC}[0m`,
  `${ESC}[1mlint${ESC}[0m   ${ESC}[33mwarning${ESC}[0m unused name ${ESC}[3mshade${ESC}[0m in ${ESC}[4mpalette.ts:12${ESC}[0m`,
  `${ESC}[1mtest${ESC}[0m   ${ESC}[31mfailed${ESC}[0m  ${ESC}[41m 1 failed ${ESC}[0m ${ESC}[42m 212 passed ${ESC}[0m ${ESC}[7m inverse ${ESC}[0m`,
  Array.from({ length: 16 }, (_, index) => `${ESC}[${index < 8 ? 30 + index : 82 + index}m${index} `).join(
    "",
  ),
  Array.from({ length: 24 }, (_, index) => `${ESC}[38;5;${208 + index}m■`).join("") + `${ESC}[0m`,
];

const KINDS: ReadonlyMap<string, () => readonly Chunk[]> = new Map(
  Object.entries({
    markdown: () => [markdown(MARKDOWN)],
    html: () => [
      html(
        "<h2>Quest log</h2><p>Two of <b>five</b> clues found. <kbd>Ctrl</kbd>+<kbd>K</kbd> opens the map.</p>",
      ),
    ],
    hostile: () => [
      html(HOSTILE_HTML),
      markdown(HOSTILE_HTML),
      { mime: "image/svg+xml", text: SVG, name: "A vector shield" },
    ],
    text: () => [plainText("A line of text.\n\tIndented by a tab.\nThe third line.")],
    ansi: () => COLOURS.map(plainText),
    json: () => [
      json({
        hall: "Guildhall",
        open: true,
        rooms: [
          { name: "Library", seats: 12 },
          { name: "Armoury", seats: null },
        ],
        limits: { dice: 10_000, threads: Array.from({ length: 250 }, (_, index) => index) },
      }),
    ],
    table: () => [
      table({
        columns: ["name", "class", "level", "hit points", "awake"],
        rows: [
          ["Ada", "wizard", 9, 41, true],
          ["Grace", "ranger", 10, 78, true],
          ["Linus", "bard", 3, null, false],
          ["Barbara", "cleric", 7, 52, true],
        ],
      }),
    ],
    image: () => [
      image({ mime: "image/png", bytes: gradientPng(), description: "A gradient from green to gold" }),
    ],
    svg: () => [{ mime: "image/svg+xml", text: SVG, name: "A vector shield" }],
    "broken-image": () => [
      image({ mime: "image/png", bytes: Uint8Array.of(1, 2, 3), description: "A torn map" }),
    ],
    file: () => [
      file({ mime: "text/csv", bytes: new TextEncoder().encode("name,level\nAda,9\n"), name: "party.csv" }),
      file({ mime: "text/plain", bytes: Uint8Array.of(0xff, 0xfe, 0x61, 0x80), name: "broken utf-8.txt" }),
    ],
    mermaid: () => [mermaid(DIAGRAM)],
    "mermaid-hostile": () => [
      mermaid(
        'flowchart LR\n a["<img src=x onerror=window.parent.tried=1>"] --> b["<script>window.tried=2</script>"]\n click a "javascript:window.tried=3"\n click b href "https://elsewhere.invalid/"',
      ),
      mermaid(
        "%%{init: {'securityLevel': 'loose', 'themeCSS': 'svg{background:url(https://elsewhere.invalid/x)}'}}%%\nflowchart LR\n a --> b",
      ),
    ],
    "mermaid-wrong": () => [mermaid("flowchart LR\n a -->")],
    "mermaid-bomb": () => [
      mermaid(
        `flowchart LR\n${Array.from({ length: 20_000 }, (_, index) => ` a${index % 97} --> b${index}`).join("\n")}`,
      ),
      mermaid(
        `flowchart LR\n${Array.from({ length: 390 }, (_, index) => ` a${index % 61} --> a${(index * 7 + 3) % 61}`).join("\n")}`,
      ),
    ],
    "line-chart": () => [
      chart({
        kind: "line",
        title: "Torches burnt",
        x: Array.from({ length: 30 }, (_, index) => index),
        series: [
          {
            name: "upper hall",
            values: Array.from({ length: 30 }, (_, index) => 20 + 8 * Math.sin(index / 3)),
          },
          {
            name: "cellar",
            values: Array.from({ length: 30 }, (_, index) => (index % 11 === 7 ? null : 10 + index / 3)),
          },
        ],
      }),
    ],
    "bar-chart": () => [
      chart({
        kind: "bar",
        title: "Visitors by day",
        x: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        series: [
          { name: "guests", values: [12, 19, 7, 22, 41, 58] },
          { name: "members", values: [30, 28, 33, 31, 44, 40] },
        ],
      }),
    ],
    progress: () => [
      progress({ done: 42, total: 100, label: "Copying the archive" }),
      progress({ done: 1234, label: "Reading" }),
    ],
    buttons: () => [
      buttons([
        { label: "Roll again", line: "roll 1d20" },
        { label: "Who am I?", line: "whoami" },
      ]),
    ],
    roll: () => [
      json(
        {
          total: 15,
          successes: null,
          failures: null,
          dice: [
            { sides: 6, face: 6, fate: "kept", order: 0 },
            { sides: 6, face: 5, fate: "kept", order: 1 },
            { sides: 6, face: 4, fate: "kept", order: 2 },
            { sides: 6, face: 1, fate: "dropped", order: 3 },
          ],
          canonical: "4d6kh3",
          source: "random",
        },
        "application/vnd.guildhall.roll+json",
      ),
    ],
    odds: () => [
      json(
        {
          mean: "7",
          variance: "35/6",
          exact: true,
          outcomes: Array.from({ length: 11 }, (_, index) => [
            String(index + 2),
            `${6 - Math.abs(5 - index)}/36`,
          ]),
        },
        "application/vnd.guildhall.odds+json",
      ),
    ],
    "broken-text": () => [plainText("half a pair: \uD800, a NUL: \0, the end")],
    unknown: () => [
      json({ kind: "something new", parts: [1, 2, 3] }, "application/vnd.guildhall.novelty+json"),
      { mime: "application/x-webcli-thing", text: "text of a type that nobody knows" },
      { mime: "application/vnd.guildhall.table+json", text: '{"columns": "none"}' },
      { mime: "application/json", text: "{not JSON" },
      { mime: "text/html; charset=utf-8", text: "<b>typed with a character set</b>" },
    ],
    "wide-table": () => [
      table({
        columns: Array.from({ length: 20_000 }, (_, index) => `column ${index + 1}`),
        rows: Array.from({ length: 20 }, (_, row) =>
          Array.from({ length: 20_000 }, (_cell, index) => row * index),
        ),
      }),
    ],
    "long-table": () => [
      table({
        columns: ["number", "name", "square"],
        rows: Array.from({ length: 50_000 }, (_, index) => [index, `row ${index}`, index * index]),
      }),
    ],
    "huge-text": () => [
      plainText(
        Array.from({ length: 1_000_000 }, (_, index) => `line ${index} ${".".repeat(40)}`).join("\n"),
      ),
    ],
    "deep-markdown": () => [
      markdown(">".repeat(50_000)),
      markdown("[".repeat(20_000)),
      html("<div>".repeat(20_000)),
    ],
  }),
);

async function* counted(
  { count, ms }: { count: number; ms: number },
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  for (let number = 1; number <= count; number += 1) {
    yield progress({ done: number, total: count, label: "Counting the coins" });
    await delay(ms, undefined, { signal });
  }
  yield plainText("Counted.");
}

/** Commands that put out every kind of chunk, tame and hostile. */
export const galleryModule: Module = defineModule({
  name: "gallery",
  summary: "Every kind of chunk, for tests of the console",
  config: z.object({
    frames: z.int().min(1).max(9).default(4).describe("How many pictures hang in a row"),
  }),
  settings: {
    user: z.object({
      greeting: z.string().max(20).default("Welcome").describe("What the keeper says to you"),
      steps: z.int().min(1).max(9).default(1),
      light: z.enum(["day", "candle"]).default("day"),
      quiet: z.boolean().default(false),
      tour: z.object({ rooms: z.array(z.string()) }).default({ rooms: [] }),
    }),
  },
  initialize: () => ({
    services: [
      defineService({
        name: "dust-frames",
        summary: "Dust the frames until somebody says dusted",
        schedule: { cron: "0 3 * * *", timeZone: "Europe/Berlin" },
        timeLimitSeconds: 600,
        retries: 0,
        run: async ({ progress: tell, signal }) => {
          tell("half of the frames");
          await new Promise<void>((resolve) => {
            dusted = resolve;
            signal.addEventListener("abort", () => resolve(), { once: true });
          });
          return { note: "all of the frames are dusted" };
        },
      }),
      defineService({
        name: "wind-clock",
        summary: "Wind the clock, which has lost its key",
        schedule: { everySeconds: 86_400 },
        timeLimitSeconds: 10,
        retries: 0,
        run: async () => {
          throw new Error("the key of the clock is lost");
        },
      }),
    ],
    commands: [
      defineCommand({
        name: "dusted",
        summary: "End the dusting",
        arguments: {},
        *run() {
          dusted?.();
          yield plainText("Dusted.");
        },
      }),
      defineCommand({
        name: "show",
        summary: "Put out chunks of a kind",
        arguments: { kind: text("which kind") },
        *run({ kind }) {
          const make = KINDS.get(kind);
          if (!make) throw new CommandError(`There is no kind "${kind}".`, { code: "no_kind" });
          yield* make();
        },
      }),
      defineCommand({
        name: "tally",
        summary: "Count with progress",
        arguments: {
          count: integer("how far", { min: 1, max: 10_000 }),
          ms: option(undefined, integer("milliseconds for each", { min: 0, default: 20 })),
        },
        run: ({ count, ms }, { signal }) => counted({ count, ms: ms ?? 0 }, signal),
      }),
    ],
  }),
});

/** A picture of 160 by 90 points, made here so that no file is needed. */
function gradientPng(): Uint8Array {
  const [width, height] = [160, 90];
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows.set(
        [31 + (x * 170) / width, 95 + (y * 90) / height, 87 - (x * 40) / width],
        y * (1 + width * 3) + 1 + x * 3,
      );
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([
    signature,
    part("IHDR", head),
    part("IDAT", deflateSync(rows)),
    part("IEND", Buffer.alloc(0)),
  ]);
}

function part(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
