import { describe, expect, it } from "vitest";
import { runTerminalLine } from "../../src/adapters/terminal/run-terminal-line.ts";
import type { TerminalFrame } from "../../src/adapters/terminal/terminal-frame.ts";
import { askingFrames } from "../../src/cli/ask-at-prompt.ts";
import { stores } from "../support/stores.ts";
import { useTestHall } from "../support/use-test-hall.ts";

describe.each(stores().slice(0, 1))("what a line asks at a terminal, on the $name store", (store) => {
  const { test } = useTestHall(store);
  const run = (line: string) =>
    runTerminalLine(test().hall, { line, ansi: false, width: 80 }, new AbortController().signal);
  const framesOf = async (line: string, replies: readonly string[]) => {
    const asked: string[] = [];
    const frames: TerminalFrame[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return replies[asked.length - 1] ?? "";
    };
    for await (const frame of askingFrames(line, { run, ask })) frames.push(frame);
    return { asked, frames };
  };

  it("is asked question by question, and the line runs with the answers", async () => {
    const { asked, frames } = await framesOf("toast well met", ["Grace", "mead"]);
    expect(asked).toEqual(["To whom (Enter for all): ", "With what (mead, water): "]);
    expect(frames.find(({ kind }) => kind === "chunk")).toMatchObject({
      chunk: { text_content: "Grace, mead: well met" },
    });
  });

  it("is not asked where nothing is lacking, or something else is wrong", async () => {
    expect((await framesOf("toast --answers x hello", [])).asked).toEqual([]);
    const wrong = await framesOf("toast --nothing", []);
    expect(wrong.asked).toEqual([]);
    expect(wrong.frames).toMatchObject([{ kind: "line_invalid", code: "unknown_flag" }]);
  });
});
