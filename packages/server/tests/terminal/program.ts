import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { PLANTED, watch } from "../support/planted-secrets.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/guildhall.js", import.meta.url));
const WITH_SAMPLES = fileURLToPath(new URL("../fixtures/guildhall-with-samples.ts", import.meta.url));

/** A finished run of the program. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The program as a process, with what it has said so far. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  out(): string;
  err(): string;
  readonly ended: Promise<ProgramEnd>;
}

/** The environment in which the program runs on one data folder, without what the tests' own shell has set. */
export function environment(folder: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GUILDHALL_")),
  );
  return {
    ...clean,
    GUILDHALL_DATA: folder,
    GUILDHALL_HTTP__PORT: "0",
    // Without the others of their kind they switch nothing on.
    GUILDHALL_SLACK__CLIENT_SECRET: PLANTED.slackClientSecret,
    GUILDHALL_SLACK__STATE_SECRET: PLANTED.slackStateSecret,
    GUILDHALL_DISCORD__TOKEN: PLANTED.discordToken,
    ...more,
  };
}

/** Starts the program as a person would, or with the sample module's commands beside the bundled ones. */
export function startProgram(
  argv: readonly string[],
  options: { env: NodeJS.ProcessEnv; samples?: boolean; node?: readonly string[]; cwd?: string },
): Program {
  const script = options.samples ? ["--conditions=guildhall-source", WITH_SAMPLES] : [LAUNCHER];
  const { env, cwd } = options;
  const child = spawn(process.execPath, [...(options.node ?? []), ...script, ...argv], { env, cwd });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    out += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    err += part;
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.on("close", (status) => {
      watch("what the program printed", `${out}${err}`);
      resolve({ status, out, err });
    });
  });
  return { child, out: () => out, err: () => err, ended };
}

/** Runs the program to its end. */
export async function runProgram(
  argv: readonly string[],
  options: {
    env: NodeJS.ProcessEnv;
    samples?: boolean;
    node?: readonly string[];
    cwd?: string;
    input?: string;
  },
): Promise<ProgramEnd> {
  const program = startProgram(argv, options);
  program.child.stdin.end(options.input ?? "");
  return await program.ended;
}

/** Waits until the program has said something on either stream; fails with all it said when it ends without. */
export async function says(program: Program, wanted: RegExp): Promise<RegExpExecArray> {
  let over = false;
  void program.ended.then(() => {
    over = true;
  });
  for (;;) {
    const match = wanted.exec(program.out()) ?? wanted.exec(program.err());
    if (match) return match;
    if (over) throw new Error(`it ended without saying ${wanted}: ${program.out()}${program.err()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A hall that serves, started as a person starts it. */
export interface ServedHall {
  readonly program: Program;
  readonly url: string;
  readonly setupToken: string | undefined;
  /** Ends it without a chance to tidy up. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<ProgramEnd>;
}

/** Starts a hall and waits until it serves. */
export async function serve(options: {
  env: NodeJS.ProcessEnv;
  samples?: boolean;
  cwd?: string;
}): Promise<ServedHall> {
  const program = startProgram(["start"], options);
  const [, url = ""] = await says(program, /Guildhall is open at (http:\S+)/);
  return {
    program,
    url,
    setupToken: /\/setup#(\S+)/.exec(program.out())?.[1],
    kill: async () => {
      program.child.kill("SIGKILL");
      await program.ended;
    },
    stop: async () => {
      program.child.kill("SIGINT");
      return await program.ended;
    },
  };
}

/** An empty folder for a hall's data, with a space in its path. */
export async function dataFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const parent = await mkdtemp(path.join(tmpdir(), "guildhall test "));
  return { folder: path.join(parent, "data"), remove: () => rm(parent, { recursive: true, force: true }) };
}

/** What `hall.json` says of the owner. */
export async function readOwner(folder: string): Promise<{ pid: number; socket: string }> {
  const content = await readFile(path.join(folder, "hall.json"), "utf8");
  return z.object({ pid: z.number(), socket: z.string() }).parse(JSON.parse(content));
}

/** The parts of an action document that the tests look at. */
export const ActionDocument = z.object({
  id: z.string(),
  handler_name: z.string(),
  raw_text: z.string(),
  state: z.string(),
  is_completed: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  response_chunks: z.array(
    z.object({
      order: z.number(),
      mime: z.string(),
      text_content: z.string().optional(),
      data: z.unknown().optional(),
    }),
  ),
});

/** The total of a roll's action. */
export function rollTotal(action: z.infer<typeof ActionDocument>): number {
  const chunk = action.response_chunks.find(({ mime }) => mime === "application/vnd.guildhall.roll+json");
  return z.object({ total: z.number() }).parse(chunk?.data).total;
}

/** Asks a served hall for JSON. */
export async function api(
  hall: Pick<ServedHall, "url">,
  route: string,
  request: { method?: string; token?: string; body?: object } = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${hall.url}/api/v1${route}`, {
    method: request.method ?? (request.body ? "POST" : "GET"),
    headers: {
      ...(request.body ? { "content-type": "application/json" } : {}),
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
    },
    ...(request.body ? { body: JSON.stringify(request.body) } : {}),
  });
  const text = await response.text();
  watch("an answer", text);
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

const Token = z.object({ access_token: z.string() });

/** Makes the first administrator by the set-up link, and returns an access token. */
export async function setUp(
  hall: Pick<ServedHall, "url" | "setupToken">,
  person: { email: string; password: string },
): Promise<string> {
  const { status, body } = await api(hall, "/auth/setup", { body: { token: hall.setupToken, ...person } });
  if (status !== 201) throw new Error(`setting up answered ${status}: ${JSON.stringify(body)}`);
  return Token.parse(body).access_token;
}

/** Signs in and returns an access token. */
export async function signIn(hall: ServedHall, person: { email: string; password: string }): Promise<string> {
  const { status, body } = await api(hall, "/auth/login", { body: person });
  if (status !== 200) throw new Error(`signing in answered ${status}: ${JSON.stringify(body)}`);
  return Token.parse(body).access_token;
}
