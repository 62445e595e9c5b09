import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Logger } from "pino";
import { CreateUserRequest } from "../adapters/terminal/create-user-request.ts";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { askHall } from "./ask-hall.ts";
import type { TerminalOptions } from "./run-line.ts";
import type { Settings } from "./settings.ts";

/** Makes an account, in a running hall or without one (requirements L-31). */
export async function createUser(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly options: TerminalOptions;
  readonly values: { email?: string | undefined; admin: boolean; passwordStdin: boolean };
}): Promise<number> {
  const { values, output } = given;
  if (values.email === undefined) {
    output.err("guildhall: create-user needs --email ADDRESS.\n");
    return 2;
  }
  const password = values.passwordStdin ? await readStdin() : await askTwice();
  if (password === undefined) {
    output.err("guildhall: Mismatched password: type the same one twice.\n");
    return 2;
  }
  const request = CreateUserRequest.safeParse({ email: values.email, password, admin: values.admin });
  if (!request.success) {
    output.err(`guildhall: ${request.error.issues[0]?.message}\n`);
    return 2;
  }
  const answer = await askHall(given, {
    remote: async (client) => await client.createUser(request.data),
    local: async ({ people }) => {
      const { email, admin } = request.data;
      return await people.createUser({ email, password: request.data.password, is_administrator: admin });
    },
  });
  if (!answer) return 1;
  output.out(`Made the ${values.admin ? "administrator" : "user"} ${answer.email}.\n`);
  return 0;
}

async function readStdin(): Promise<string> {
  process.stdin.setEncoding("utf8");
  let all = "";
  for await (const part of process.stdin) all += part;
  return all.replace(/\r?\n$/, "");
}

async function askTwice(): Promise<string | undefined> {
  const silent = new Writable({ write: (_part, _encoding, done) => done() });
  const ask = async (question: string) => {
    process.stderr.write(question);
    const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
    const answer = await prompt.question("");
    prompt.close();
    process.stderr.write("\n");
    return answer;
  };
  const first = await ask("Password: ");
  return (await ask("Password again: ")) === first ? first : undefined;
}
