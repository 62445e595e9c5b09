import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environment, runProgram, serve, type ServedHall } from "./program.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/guildhall.js", import.meta.url));
const home = await mkdtemp(path.join(tmpdir(), "guildhall completion "));
const folder = path.join(home, "data");
const env = { ...environment(folder), PATH: `${path.join(home, "bin")}:${process.env["PATH"]}`, HOME: home };
let hall: ServedHall;

beforeAll(async () => {
  await mkdir(path.join(home, "bin"));
  await writeFile(
    path.join(home, "bin/guildhall"),
    `#!/bin/sh\nexec "${process.execPath}" "${LAUNCHER}" "$@"\n`,
    { mode: 0o755 },
  );
  hall = await serve({ env });
});
afterAll(async () => {
  await hall.stop();
  await rm(home, { recursive: true, force: true });
});

async function run(shell: string, argv: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(shell, argv, { env, cwd: home });
  return stdout;
}

/** Without the shell the suite says so; where all must run it fails. */
function suiteOf(shell: string): typeof describe | typeof describe.skip {
  const isThere = spawnSync(shell, ["--version"]).status === 0;
  if (!isThere && process.env["CI"]) throw new Error(`${shell} is missing: apt-get install ${shell}`);
  if (!isThere) process.stderr.write(`The completion in ${shell} is not tested: apt-get install ${shell}\n`);
  return isThere ? describe : describe.skip;
}

suiteOf("bash")("completion in bash", () => {
  /** What bash would offer for the word at the end of a line, whose words it has broken so. */
  const offered = async (line: string, words: readonly string[]) => {
    const script = `source <(guildhall completion bash)
      COMP_LINE=$1; COMP_POINT=\${#COMP_LINE}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _guildhall; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p guildhall`;
    const lines = (await run("bash", ["-euc", script, "bash", line, ...words]))
      .trim()
      .split("\n")
      .filter((each) => each !== "");
    expect(lines.pop()).toBe("complete -F _guildhall guildhall");
    return lines;
  };

  it("offers the hall's commands and the operator's verbs", async () => {
    expect(await offered("guildhall ro", ["guildhall", "ro"])).toEqual(["roll"]);
    expect(await offered("guildhall do", ["guildhall", "do"])).toEqual(["doctor"]);
    const all = await offered("guildhall ", ["guildhall", ""]);
    expect(all).toEqual(expect.arrayContaining(["start", "completion", "roll", "whoami"]));
  });

  it("offers flags and choices", async () => {
    const flags = ["--advantage", "--disadvantage"];
    const line = "guildhall roll 4d6kh3 --";
    expect(await offered(line, ["guildhall", "roll", "4d6kh3", "--"])).toEqual(expect.arrayContaining(flags));
    const shells = await offered("guildhall completion ", ["guildhall", "completion", ""]);
    expect(shells).toEqual(["bash", "zsh", "fish"]);
    expect(
      await offered("guildhall nothing-of-the-kind x", ["guildhall", "nothing-of-the-kind", "x"]),
    ).toEqual([]);
  });
});

suiteOf("fish")("completion in fish", () => {
  it("offers commands with what they are, and choices", async () => {
    const ask = (line: string) => `complete --do-complete '${line}'`;
    const script = `guildhall completion fish | source; ${ask("guildhall ro")}; ${ask("guildhall completion z")}`;
    expect((await run("fish", ["-c", script])).split("\n")).toEqual([
      "roll\tRoll dice",
      "zsh\tthe shell",
      "",
    ]);
  });
});

suiteOf("zsh")("completion in zsh", () => {
  it("completes what is typed in a terminal", async () => {
    // A terminal of its own, in which Tab is pressed; what the line then runs tells what it was completed to.
    const script = `
      zmodload zsh/zpty
      zpty typed "TERM=dumb zsh -f -i"
      zpty -w typed "PS1= RPS1= PROMPT_EOL_MARK=; autoload -U compinit; compinit -u -D; source <(guildhall completion zsh); print -r -- rea''dy"
      until [[ $all == *ready* ]]; do zpty -r typed part; all+=$part; done
      zpty -w -n typed $'guildhall whoa\\t | tr a-z A-Z\\n'
      until [[ $all == *'YOU ARE'* || $all == *'NO COMMAND'* ]]; do zpty -r typed part || break; all+=$part; done
      print -r -- $all; zpty -d typed`;
    expect(await run("zsh", ["-fc", script])).toContain("YOU ARE");
  });
});

describe("completion without a running hall", () => {
  it("offers the hall's commands where there is one, and makes none where there is not", async () => {
    const closed = path.join(home, "closed");
    const there = environment(closed);
    const offers = async () => (await runProgram(["complete-line", "guildhall who"], { env: there })).out;
    expect(await offers()).toBe("");
    await expect(stat(closed)).rejects.toMatchObject({ code: "ENOENT" });
    await runProgram(["ping"], { env: there });
    expect(await offers()).toBe("whoami\tShow as whom you are known here\n");
  });
});
