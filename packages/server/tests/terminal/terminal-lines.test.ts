import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ActionDocument,
  api,
  dataFolder,
  environment,
  readOwner,
  rollTotal,
  runProgram,
  says,
  serve,
  startProgram,
  type ServedHall,
} from "./program.ts";

const data = await dataFolder();
const env = environment(data.folder);
const samples = true;

afterAll(() => data.remove());

it("says which version of the program it is, without a store", async () => {
  const { status, out } = await runProgram(["--version"], { env: environment("/nowhere/at/all") });
  expect(status).toBe(0);
  expect(out).toMatch(/^guildhall \d+\.\d+\.\d+\n$/);
});

/** The same expectations hold without a hall and through the socket of one. */
function lines(name: string): void {
  describe(name, () => {
    it("rolls and says so for a person", async () => {
      const { status, out, err } = await runProgram(["roll", "4d6kh3", "damage"], { env });
      expect({ status, err }).toEqual({ status: 0, err: "" });
      expect(out).toMatch(/^4d6kh3 = \d+ damage\n\nRolls: /);
    });

    it("prints the finished action as one JSON document", async () => {
      const { status, out } = await runProgram(["roll", "2d6+1", "--json"], { env });
      const action = ActionDocument.parse(JSON.parse(out));
      expect(status).toBe(0);
      expect(action).toMatchObject({ handler_name: "roll", raw_text: "roll 2d6+1", state: "completed" });
      expect(rollTotal(action)).toBeGreaterThanOrEqual(3);
      expect(action.response_chunks.map(({ order }) => order)).toEqual([1, 2]);
    });

    it("takes words that the shell had quoted as they are", async () => {
      const { out } = await runProgram(["roll", "1d6 + 2", 'it\'s  two  "spaces"', "--json"], { env });
      expect(ActionDocument.parse(JSON.parse(out)).response_chunks[1]?.data).toMatchObject({
        expression: "1d6+2",
        purpose: 'it\'s  two  "spaces"',
      });
    });

    it("exits with 2 and the usage when the line is wrong, and runs nothing", async () => {
      const unknown = await runProgram(["rol", "1d20"], { env });
      expect(unknown).toMatchObject({ status: 2, out: "" });
      expect(unknown.err).toContain("did you mean roll?");
      const missing = await runProgram(["roll"], { env });
      expect(missing.status).toBe(2);
      expect(missing.err).toContain("Usage: roll <expression>");
    });

    it("exits with 2 for a wrong expression, and says where and which limit", async () => {
      const bad = await runProgram(["roll", "1d20adv"], { env });
      expect(bad).toMatchObject({ status: 2, out: "" });
      expect(bad.err).toContain("at column 8 of the expression");
      const refused = async (...words: string[]): Promise<unknown> => {
        const { status, out } = await runProgram(["roll", "--json", "--", ...words], { env });
        expect(status).toBe(2);
        return JSON.parse(out);
      };
      expect(await refused("1d20adv")).toMatchObject({ code: "bad_expression", column: 8 });
      expect(await refused("99999999d6")).toMatchObject({ limit: "draws", column: 1 });
      expect(await refused("2**9999")).toMatchObject({ code: "expression_limit", limit: "magnitude" });
    });

    it("runs a batch of lines in one process, and prints one document a line", async () => {
      const input = "roll --faces 3,5,1,6 --json -- 4d6kh3 damage\n\nroll 1d1!\nodds 2d6\nrol 1d6\nhelp -h\n";
      const { status, out } = await runProgram(["batch", "--json"], { env, input });
      expect(status).toBe(0);
      const documents = out
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
      expect(documents).toHaveLength(5);
      expect(ActionDocument.parse(documents[0]).response_chunks[1]?.data).toMatchObject({
        total: 14,
        source: "faces",
        purpose: "damage",
        canonical: "4d6kh3",
        dialect: "guildhall",
        dice: [3, 5, 1, 6].map((face, order) => ({
          sides: 6,
          face,
          order,
          fate: face === 1 ? "dropped" : "kept",
        })),
      });
      expect(documents[1]).toMatchObject({ code: "expression_limit", limit: "chain", column: 1 });
      expect(ActionDocument.parse(documents[2]).response_chunks.at(-1)?.data).toMatchObject({
        mean: "7/1",
        variance: "35/6",
        exact: true,
      });
      expect(documents[3]).toMatchObject({ code: "unknown_command" });
      expect(documents[4]).toHaveProperty("help.text");
    });

    it("answers -h at once", async () => {
      const { status, out } = await runProgram(["roll", "-h"], { env });
      expect(status).toBe(0);
      expect(out).toContain("--advantage");
    });

    it("acts as the local operator, and as a person who is named", async () => {
      const operator = await runProgram(["whoami"], { env });
      expect(operator.out).toContain("operator@localhost");
      const person = await runProgram(["whoami", "--as", "grace@example.org"], { env });
      expect(person.out).toContain("grace@example.org");
      const nobody = await runProgram(["whoami", "--as", "nobody@example.org"], { env });
      expect(nobody).toMatchObject({ status: 1, out: "" });
      expect(nobody.err).toContain("nobody@example.org");
    });

    it("streams as the chunks come, and cancels at Ctrl-C", async () => {
      const program = startProgram(["stream", "100000", "--ms", "20"], { env, samples });
      // Only a hall of this very program knows the sample commands; through the socket the served one does.
      await says(program, /chunk 3\n/);
      program.child.kill("SIGINT");
      const { status, out } = await program.ended;
      expect(status).toBe(130);
      expect(out).not.toContain("chunk 100000");
    });
  });
}

describe("create-user", () => {
  it("makes an account without a hall, from standard input", async () => {
    const made = await runProgram(["create-user", "--email", "Grace@example.org", "--password-stdin"], {
      env,
      input: "correct horse",
    });
    expect(made).toMatchObject({ status: 0, out: "Made the user grace@example.org.\n" });
    const again = await runProgram(["create-user", "--email", "grace@example.org", "--password-stdin"], {
      env,
      input: "correct horse",
    });
    expect(again).toMatchObject({ status: 1, out: "" });
    expect(again.err).toContain("already");
  });

  it("refuses what cannot be an account", async () => {
    const short = await runProgram(["create-user", "--email", "x@example.org", "--password-stdin"], {
      env,
      input: "short",
    });
    expect(short).toMatchObject({ status: 2, out: "" });
    const noAddress = await runProgram(["create-user", "--email", "x", "--password-stdin"], {
      env,
      input: "correct horse",
    });
    expect(noAddress.status).toBe(2);
    const none = await runProgram(["create-user"], { env });
    expect(none.status).toBe(2);
  });
});

describe("password-link", () => {
  it("refuses an address that nobody has, and none at all", async () => {
    const unknown = await runProgram(["password-link", "--email", "nobody@example.org"], { env });
    expect(unknown).toMatchObject({ status: 1, out: "" });
    expect(unknown.err).toContain("nobody@example.org");
    expect((await runProgram(["password-link"], { env })).status).toBe(2);
  });
});

lines("without a hall");

describe("with a hall that serves", () => {
  let hall: ServedHall;
  beforeAll(async () => {
    hall = await serve({ env, samples });
  });
  afterAll(async () => {
    expect((await hall.stop()).status).toBe(0);
  });

  lines("through its socket");

  it("prints a link by which somebody sets a new password", async () => {
    await runProgram(["create-user", "--email", "hedy@example.org", "--password-stdin"], {
      env,
      input: "correct horse",
    });
    const printed = await runProgram(["password-link", "--email", "hedy@example.org"], { env });
    expect(printed.status).toBe(0);
    const [, token] = /\/new-password#(\S+)/.exec(printed.out) ?? [];
    const { status } = await api(hall, "/auth/new-password", {
      body: { token, password: "an entirely new password" },
    });
    expect(status).toBe(201);
  });

  it("runs in the served hall, not in a process of its own", async () => {
    const owner = await readOwner(data.folder);
    expect(owner.pid).toBe(hall.program.child.pid);
    const { out } = await runProgram(["status"], { env });
    expect(out).toContain("I've been awake");
    // Only the served hall has this module.
    expect(out).toContain("sample");
  });

  it("makes accounts in it", async () => {
    const made = await runProgram(
      ["create-user", "--email", "ada@example.org", "--admin", "--password-stdin"],
      {
        env,
        input: "correct horse",
      },
    );
    expect(made).toMatchObject({ status: 0, out: "Made the administrator ada@example.org.\n" });
  });

  it("refuses a second hall on the data folder with one sentence", async () => {
    const second = await runProgram(["start"], { env });
    expect(second).toMatchObject({ status: 1, out: "" });
    expect(second.err).toMatch(
      /^guildhall: Another hall \(process \d+\) is open on the data folder .* at http:\S+: .*\n$/,
    );
  });

  it("reads one line after another in the shell", async () => {
    const { status, out } = await runProgram(["shell"], { env, input: "ping\nroll 1d1\nexit\n" });
    expect(status).toBe(0);
    expect(out).toContain("pong\n1d1 = 1\n");
  });
});

describe("many at once on a folder that nobody owns", () => {
  it("take turns or share the owner, and all come through", async () => {
    const runs = await Promise.all(
      Array.from({ length: 5 }, () => runProgram(["roll", "3d6", "--json"], { env })),
    );
    expect(runs.map(({ status, err }) => ({ status, err }))).toEqual(
      runs.map(() => ({ status: 0, err: "" })),
    );
    expect(new Set(runs.map(({ out }) => ActionDocument.parse(JSON.parse(out)).id)).size).toBe(5);
  });
});

describe("settings", () => {
  it("are listed with their source, secrets masked", async () => {
    const secret = path.join(data.folder, "database-url");
    await mkdir(data.folder, { recursive: true });
    await writeFile(secret, "postgresql://hall:hunter2@db.example.org/hall\n");
    await writeFile(path.join(data.folder, "guildhall.yaml"), "http:\n  host: 127.0.0.2\n");
    const { status, out } = await runProgram(["config"], {
      env: {
        ...env,
        GUILDHALL_DATABASE__URL_FILE: secret,
        GUILDHALL_DICE__MAX_DICE: "50",
        GUILDHALL_SECRET_KEY: "k".repeat(32),
      },
    });
    await writeFile(path.join(data.folder, "guildhall.yaml"), "");
    expect(status).toBe(0);
    expect(out).not.toContain("hunter2");
    expect(out).not.toContain("kkkk");
    const rows = out.split("\n").map((row) => row.split(/ {2,}/));
    expect(rows).toContainEqual(["http.host", "127.0.0.2", "file", "GUILDHALL_HTTP__HOST"]);
    expect(rows).toContainEqual(["http.port", "0", "environment", "GUILDHALL_HTTP__PORT"]);
    expect(rows).toContainEqual(["database.url", "********", "secret file", "GUILDHALL_DATABASE__URL"]);
    expect(rows).toContainEqual(["dice.maxDice", "50", "environment", "GUILDHALL_DICE__MAX_DICE"]);
  });

  it("that cannot be used end the program with one sentence that names them", async () => {
    const { status, out, err } = await runProgram(["start"], {
      env: { ...env, GUILDHALL_HTTP__PORT: "http" },
    });
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toMatch(/^guildhall: GUILDHALL_HTTP__PORT cannot be used: .+\.\n$/);
  });

  it("limit what a module does", async () => {
    const { status, err } = await runProgram(["roll", "51d6"], {
      env: { ...env, GUILDHALL_DICE__MAX_DICE: "50" },
    });
    expect(status).toBe(2);
    expect(err).toContain("50");
  });
});

describe("logging (S004-28)", () => {
  it("that is misconfigured fails before anything else is imported, with one sentence", async () => {
    const tracer = fileURLToPath(new URL("../fixtures/trace-imports.mjs", import.meta.url));
    const run = async (level: string) =>
      await runProgram(["config"], {
        env: { ...env, GUILDHALL_LOG__LEVEL: level },
        node: ["--import", tracer],
      });
    const imported = (err: string) =>
      err.split("\n").flatMap((line) => (line.startsWith("imported ") ? line.slice("imported ".length) : []));

    const broken = await run("shout");
    expect(broken).toMatchObject({ status: 1, out: "" });
    expect(broken.err).toContain('guildhall: GUILDHALL_LOG__LEVEL is "shout": it must be one of');
    const own = imported(broken.err).filter((url) => url.includes("/src/"));
    expect(own.map((url) => path.basename(url))).toEqual(["main.ts", "logging.ts"]);

    const whole = await run("info");
    expect(whole.status).toBe(0);
    expect(imported(whole.err).some((url) => url.endsWith("/cli/run-cli.ts"))).toBe(true);
  });

  it("into a file that cannot be written is refused likewise", async () => {
    const { status, err } = await runProgram(["ping"], {
      env: { ...env, GUILDHALL_LOG__FILE: path.join(data.folder, "no", "such", "folder", "log") },
    });
    expect(status).toBe(1);
    expect(err).toMatch(/^guildhall: GUILDHALL_LOG__FILE names ".*", which cannot be written: .*\n$/);
  });
});
