import { randomBytes } from "node:crypto";
import { z } from "zod";
import { GUILDHALL } from "./places.ts";
import type { Program, Workshop } from "./workshop.ts";

/** The account of the benchmarks. */
export const CREDENTIALS = { email: "bench@example.org", password: randomBytes(16).toString("hex") };
const SignedIn = z.object({ access_token: z.string() });
const Made = z.object({ id: z.uuid() });

/** A hall that was started as a user starts it. */
export interface RunningHall {
  readonly program: Program;
  readonly url: string;
  readonly dataFolder: string;
}

/** Starts the real program on a data folder, on a free port and without a limit of requests that matters. */
export async function startHall(
  workshop: Workshop,
  options: { readonly dataFolder: string; readonly databaseUrl?: string },
): Promise<RunningHall> {
  const program = await workshop.start({
    args: [GUILDHALL, "start"],
    env: hallEnvironment(options),
    ready: /^Guildhall is open at (.*)$/,
  });
  return { program, url: program.ready, dataFolder: options.dataFolder };
}

/** Makes an account in a running hall, as an operator does, and signs it in over HTTP. */
export async function signIn(
  workshop: Workshop,
  { url, dataFolder }: RunningHall,
): Promise<{ authorization: string }> {
  await workshop.run({
    args: [GUILDHALL, "create-user", "--email", CREDENTIALS.email, "--password-stdin"],
    env: hallEnvironment({ dataFolder }),
    input: CREDENTIALS.password,
    ready: /^Made the user/,
  });
  const { access_token } = SignedIn.parse(await postJson(`${url}/api/v1/auth/login`, CREDENTIALS));
  return { authorization: `Bearer ${access_token}` };
}

/** Makes a thread and returns its id. */
export async function makeThread(url: string, headers: Record<string, string>): Promise<string> {
  return Made.parse(await postJson(`${url}/api/v1/threads`, { title: "bench" }, headers)).id;
}

/** Posts JSON and returns the answer's JSON. @throws Error when the answer is no success */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  const parsed: unknown = JSON.parse(text);
  return parsed;
}

/** The environment of a hall: none of the settings of the person who runs the benchmarks. */
export function hallEnvironment(options: {
  dataFolder: string;
  databaseUrl?: string;
}): Record<string, string> {
  return {
    GUILDHALL_DATA: options.dataFolder,
    GUILDHALL_HTTP__HOST: "127.0.0.1",
    GUILDHALL_HTTP__PORT: "0",
    GUILDHALL_HTTP__REQUESTS_PER_MINUTE: "1000000000",
    GUILDHALL_DATABASE__URL: options.databaseUrl ?? "",
    GUILDHALL_LOG__LEVEL: "warn",
  };
}
