import { request as httpRequest, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { z } from "zod";
import { CompleteAnswer } from "./complete-request.ts";
import type { CreateUserRequest } from "./create-user-request.ts";
import { Refusal } from "./refusal.ts";
import { TerminalFrame, type TerminalRequest } from "./terminal-frame.ts";

/** The hall that owned the data folder is gone, or never answered. */
export class HallUnreachableError extends Error {}

/** A terminal's side of the control socket. */
export class ControlClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /**
   * Runs a line and tells what happens. When `signal` aborts the hall cancels the action.
   *
   * @throws HallUnreachableError, before the first frame, when nobody listens
   */
  async *run(request: TerminalRequest, signal: AbortSignal): AsyncGenerator<TerminalFrame> {
    const response = await this.#send("/run", request, signal);
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
      yield TerminalFrame.parse(JSON.parse(line));
    }
  }

  /** @throws HallUnreachableError */
  async createUser(request: CreateUserRequest): Promise<{ id: string; email: string } | Refusal> {
    const answer = z.union([z.object({ id: z.string(), email: z.string() }), Refusal]);
    return answer.parse(JSON.parse(await readAll(await this.#send("/create-user", request))));
  }

  /** @throws HallUnreachableError */
  async createPasswordLink(email: string): Promise<{ token: string } | Refusal> {
    const answer = z.union([z.object({ token: z.string() }), Refusal]);
    return answer.parse(JSON.parse(await readAll(await this.#send("/password-link", { email }))));
  }

  /** @throws HallUnreachableError */
  async complete(
    request: { line: string; cursor: number },
    signal?: AbortSignal,
  ): Promise<z.infer<typeof CompleteAnswer>> {
    return CompleteAnswer.parse(JSON.parse(await readAll(await this.#send("/complete", request, signal))));
  }

  async #send(path: string, body: object, signal?: AbortSignal): Promise<IncomingMessage> {
    return await new Promise((resolve, reject) => {
      const request = httpRequest(
        { socketPath: this.#socket, path, method: "POST", ...(signal ? { signal } : {}) },
        (response) => {
          if ((response.statusCode ?? 500) < 500) resolve(response);
          else reject(new Error("the hall could not do what was asked; its log says why"));
        },
      );
      request.on("error", (error) => {
        reject(
          signal?.aborted ? error : new HallUnreachableError("the hall does not answer", { cause: error }),
        );
      });
      request.end(JSON.stringify(body));
    });
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(z.instanceof(Buffer).parse(part));
  return Buffer.concat(parts).toString("utf8");
}
