import { describe, expect, it } from "vitest";
import { slashLine } from "./slash-line.ts";

const COMMANDS = ["roll", "npcgen", "init", "character hp", "mend"];
const isCommand = (words: readonly string[]) => COMMANDS.includes(words.join(" "));

describe("a slash command's line (requirements M-12)", () => {
  it.each([
    ["/hall", "roll 1d20", "roll 1d20"],
    ["/modron", "roll 1d20", "roll 1d20"],
    ["/MODRON", " roll ", "roll"],
    ["/roll", "4d6 damage", "roll 4d6 damage"],
    ["/roll", "", "roll"],
    ["/hp", "-3", "character hp -3"],
    ["/mroll", "1d4", "roll 1d4"],
    ["/mnpcgen", "", "npcgen"],
    ["/init", "join", "init join"],
    ["/mend", "x", "mend x"],
    ["/hall", "", "--help"],
    ["/modron", "  ", "--help"],
  ])("%s %s", (command, text, line) => {
    expect(slashLine({ command, text, isCommand })).toEqual({ kind: "line", line });
  });

  it("says the promised words for any other command", () => {
    expect(slashLine({ command: "/dance", text: "", isCommand })).toEqual({
      kind: "unsupported",
      message: "ERROR: your command is not supported by Modron yet :(",
    });
  });
});
