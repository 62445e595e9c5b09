import { DIALECTS, oddsOf, print, parse, ratioText, ratioToNumber, type Odds } from "@guildhall/dice-engine";
import {
  chart,
  choice,
  defineCommand,
  escapeMarkdown,
  json,
  markdown,
  option,
  rest,
  text,
  type Chunk,
  type Command,
} from "@guildhall/sdk";
import { drawsDice, percent } from "./describe.ts";
import { ODDS_MIME, oddsDocument } from "./documents.ts";
import { refusing } from "./refusal.ts";
import type { DiceTable } from "./dice-table.ts";

// A line of bars fits into a telephone's width.
const BAR_WIDTH = 20;
const MOST_BARS = 24;
/** Where a chart is shown as its numbers, which the bars of text tell already. */
const WITHOUT_PICTURES: ReadonlySet<string> = new Set(["slack", "discord"]);

/** The command `odds`. */
export function oddsCommand(table: DiceTable): Command {
  return defineCommand({
    name: "odds",
    summary: "How likely each result of a roll is",
    description:
      "Exact where that can be calculated. Where it cannot, it says so and gives the interval in which the mean lies.",
    arguments: {
      expression: text("The dice, such as 4d6kh3"),
      further: rest("More of the expression, where it has spaces"),
      against: option("-v", text("Another expression to compare with", { optional: true })),
      dialect: option(undefined, choice("How the dice are written", DIALECTS, { optional: true })),
    },
    examples: ["odds 4d6kh3", "odds 2d6 + 3", 'odds 1d20+5 --against "1d20+3"'],
    pure: true,
    async *run({ expression, further, against, dialect: chosen }, { place }) {
      const dialect = chosen ?? (await table.dialects.of(place.channelId));
      const { limits } = await table.workspaces.of(place);
      const options = { dialect, limits };
      const typed = further === "" ? expression : `${expression} ${further}`;
      const { odds, other } = refusing(() => ({
        odds: oddsOf(typed, options),
        other: against === undefined ? undefined : oddsOf(against, options),
      }));
      yield markdown(describeOdds(odds, other, { drawn: drawsDice(place) }));
      if (!WITHOUT_PICTURES.has(place.adapter)) yield picture(odds, other);
      const document = oddsDocument(odds, dialect);
      if (!other) {
        yield json(document, ODDS_MIME);
        return;
      }
      const { higher, equal, lower } = odds.against(other);
      yield json(
        {
          ...document,
          against: {
            canonical: print(parse(against ?? "", options), dialect),
            mean: oddsDocument(other, dialect)["mean"] ?? "",
            higher: ratioText(higher),
            equal: ratioText(equal),
            lower: ratioText(lower),
          },
        },
        ODDS_MIME,
      );
    },
  });
}

function describeOdds(odds: Odds, other: Odds | undefined, { drawn }: { readonly drawn: boolean }): string {
  const paragraphs = [summary(odds), method(odds)];
  if (other) {
    const { higher, equal, lower } = odds.against(other);
    paragraphs.push(summary(other), method(other));
    paragraphs.push(
      `**${escapeMarkdown(odds.canonical)}** is higher in **${percent(ratioToNumber(higher))}**, equal in ${percent(ratioToNumber(equal))} and lower in ${percent(ratioToNumber(lower))}.`,
    );
  }
  // Where the picture is drawn, bars of text would say the same twice.
  if (!drawn) paragraphs.push(`\`\`\`\n${bars(odds)}\n\`\`\``);
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function summary(odds: Odds): string {
  const mean = short(ratioToNumber(odds.mean));
  const modes = odds.modes.length > 3 ? "" : `, most likely ${odds.modes.join(" and ")}`;
  return `**${escapeMarkdown(odds.canonical)}**: mean **${mean}**, deviation ${short(odds.deviation)}${modes}; half of the rolls are from ${short(odds.quantile(0.25))} to ${short(odds.quantile(0.75))}.`;
}

function method(odds: Odds): string {
  switch (odds.method) {
    case "exact":
      return "";
    case "truncated":
      return `Not exact: longer chains of explosions, less likely than ${odds.tail.toExponential(1)}, are left out.`;
    case "sampled": {
      const [low, high] = odds.interval ?? [0, 0];
      return `Not exact: sampled. The mean lies from ${short(low)} to ${short(high)} with a certainty of 95 %.`;
    }
  }
}

function short(value: number): string {
  return String(Number(value.toFixed(3)));
}

interface Bar {
  readonly name: string;
  readonly share: number;
}

/** The results as bars; neighbours are put together where there are many. */
function barsOf(odds: Odds): readonly Bar[] {
  const outcomes = [...odds.outcomes()].map(([value, ratio]) => ({
    value: typeof value === "number" ? value : ratioToNumber(value),
    share: ratioToNumber(ratio),
  }));
  const size = Math.ceil(outcomes.length / MOST_BARS);
  const result: Bar[] = [];
  for (let from = 0; from < outcomes.length; from += size) {
    const part = outcomes.slice(from, from + size);
    const [first] = part;
    const last = part.at(-1);
    if (!first || !last) break;
    const name = first === last ? short(first.value) : `${short(first.value)} to ${short(last.value)}`;
    result.push({ name, share: part.reduce((sum, { share }) => sum + share, 0) });
  }
  return result;
}

function bars(odds: Odds): string {
  const all = barsOf(odds);
  const widest = Math.max(...all.map(({ name }) => name.length));
  const most = Math.max(...all.map(({ share }) => share));
  return all
    .map(({ name, share }) => {
      const bar = "#".repeat(Math.round((share / most) * BAR_WIDTH));
      return `${name.padStart(widest)} ${bar.padEnd(BAR_WIDTH)} ${(share * 100).toFixed(2)} %`.trimEnd();
    })
    .join("\n");
}

function picture(odds: Odds, other: Odds | undefined): Chunk {
  const own = new Map(barsOf(odds).map(({ name, share }) => [name, share]));
  if (!other) {
    return chart({
      kind: "bar",
      title: `Odds of ${odds.canonical}`,
      x: [...own.keys()],
      series: [{ name: odds.canonical, values: [...own.values()] }],
    });
  }
  const shares = (of: Odds) =>
    new Map(
      [...of.outcomes()].map(([value, ratio]) => [
        typeof value === "number" ? value : ratioToNumber(value),
        ratioToNumber(ratio),
      ]),
    );
  const [mine, its] = [shares(odds), shares(other)];
  const x = [...new Set([...mine.keys(), ...its.keys()])].toSorted((a, b) => a - b);
  return chart({
    kind: "line",
    title: `Odds of ${odds.canonical} and ${other.canonical}`,
    x,
    series: [
      { name: odds.canonical, values: x.map((value) => mine.get(value) ?? 0) },
      { name: other.canonical, values: x.map((value) => its.get(value) ?? 0) },
    ],
  });
}
