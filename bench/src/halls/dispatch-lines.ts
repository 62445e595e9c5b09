import { defineCommand, flag, integer, plainText, rest, text } from "@guildhall/sdk";
import { CommandRegistry } from "../../../packages/server/src/commands/command-registry.ts";
import { parseLine } from "../../../packages/server/src/commands/parse-line.ts";

/*
 * Parses typed lines against a registry with few commands and one with many, in turns, and prints the nanoseconds
 * that a line took in each round: the same lines on both, and on the larger also lines for all of its commands.
 */

const FEW = 10;
const MANY = 10_000;
const rounds = Number(process.argv[2]);
const linesPerRound = Number(process.argv[3]);

function registryOf(size: number): { registry: CommandRegistry; lines: string[] } {
  const registry = new CommandRegistry();
  const lines: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const name = `command-${index}`;
    const command = defineCommand({
      name,
      summary: `Do the thing number ${index}`,
      arguments: {
        subject: text("what to do it to"),
        times: integer("how often", { default: 1 }),
        loud: flag("-l", "say so"),
        remark: rest("why"),
      },
      run: () => [plainText("done")],
    });
    registry.add(command, { module: "bench" });
    lines.push(`${name} "the ${index}th door" 3 -l because of the draught`);
  }
  return { registry, lines };
}

/** The same lines over and over in an order that no cache of a processor foresees. */
function nanosecondsPerLine({ registry, lines }: ReturnType<typeof registryOf>, order: Uint32Array): number {
  let parsed = 0;
  const begun = process.hrtime.bigint();
  for (const pick of order) {
    const result = parseLine({ registry, line: lines[pick % lines.length] ?? "" });
    if (result.kind === "invocation") parsed += 1;
  }
  const elapsed = Number(process.hrtime.bigint() - begun);
  if (parsed !== order.length) throw new Error("a line was not understood");
  return elapsed / order.length;
}

const order = new Uint32Array(linesPerRound);
// A linear congruence: the same order in every run (Numerical Recipes, chapter 7).
for (let index = 0, value = 1; index < order.length; index += 1) {
  value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
  order[index] = value >>> 8;
}
const few = registryOf(FEW);
const all = registryOf(MANY);
const cases = { few, many: { ...all, lines: few.lines }, all };
const times: Record<keyof typeof cases, number[]> = { few: [], many: [], all: [] };
for (let round = -2; round < rounds; round += 1) {
  const taken = {
    all: nanosecondsPerLine(cases.all, order),
    many: nanosecondsPerLine(cases.many, order),
    few: nanosecondsPerLine(cases.few, order),
  };
  // The first rounds warm the compiler.
  if (round < 0) continue;
  times.all.push(taken.all);
  times.many.push(taken.many);
  times.few.push(taken.few);
}
process.stdout.write(`${JSON.stringify(times)}\n`);
