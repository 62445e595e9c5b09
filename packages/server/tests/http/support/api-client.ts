import type http from "node:http";
import { expect } from "vitest";
import type { z } from "zod";
import { PROBLEM_CODES, type ProblemCode } from "../../../src/http/problem-codes.ts";
import { ProblemDocument } from "../../../src/http/schemas.ts";
import type { Contract } from "./contract.ts";
import { sendRaw, type Answer, type RawRequest } from "./wire.ts";

/** A program that talks to the hall; every answer it gets is held against the hall's own description. */
export class ApiClient {
  readonly origin: string;
  readonly #contract: Contract;
  readonly #headers: http.OutgoingHttpHeaders;

  constructor(options: { origin: string; contract: Contract; headers?: http.OutgoingHttpHeaders }) {
    this.origin = options.origin;
    this.#contract = options.contract;
    this.#headers = options.headers ?? {};
  }

  /** The same client with further headers on each request. */
  with(headers: http.OutgoingHttpHeaders): ApiClient {
    return new ApiClient({
      origin: this.origin,
      contract: this.#contract,
      headers: { ...this.#headers, ...headers },
    });
  }

  withToken(token: string): ApiClient {
    return this.with({ authorization: `Bearer ${token}` });
  }

  async send(request: RawRequest): Promise<Answer> {
    const headers = { ...this.#headers, ...request.headers };
    const answer = await sendRaw(this.origin, { ...request, headers });
    this.#contract.check(request, answer);
    return answer;
  }

  async get(path: string, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
    return await this.send({ method: "GET", path, headers });
  }

  async post(path: string, body?: unknown, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
    return await this.#write("POST", path, { body, headers });
  }

  async put(path: string, body?: unknown): Promise<Answer> {
    return await this.#write("PUT", path, { body });
  }

  async patch(path: string, body: unknown): Promise<Answer> {
    return await this.#write("PATCH", path, { body });
  }

  async delete(path: string): Promise<Answer> {
    return await this.#write("DELETE", path, {});
  }

  async #write(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: http.OutgoingHttpHeaders },
  ): Promise<Answer> {
    if (body === undefined) return await this.send({ method, path, headers });
    return await this.send({
      method,
      path,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }
}

/** The body of an answer of this status, read by a schema. */
export function bodyOf<Schema extends z.ZodType>(
  answer: Answer,
  status: number,
  schema: Schema,
): z.output<Schema> {
  expect(answer.status, answer.text.slice(0, 500)).toBe(status);
  const body: unknown = JSON.parse(answer.text);
  return schema.parse(body);
}

/** Expects a problem document with this code, and with the status and the headers that belong to it. */
export function expectProblem(answer: Answer, code: ProblemCode) {
  const [status, title] = PROBLEM_CODES[code];
  const problem = bodyOf(answer, status, ProblemDocument);
  expect(problem).toMatchObject({ code, status, title, type: `/docs/errors#${code}` });
  expect(problem.detail.length).toBeGreaterThan(0);
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json\b/);
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  if (status === 503 || status === 429) expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  if (status === 401) expect(answer.headers["www-authenticate"]).toBe("Bearer");
  return problem;
}

/** The session cookie that an answer sets: its name and value as a request sends them, and its attributes. */
export function sessionCookie(answer: Answer): { readonly cookie: string; readonly attributes: string[] } {
  const [cookie = "", ...attributes] = (answer.headers["set-cookie"]?.[0] ?? "").split("; ");
  return { cookie, attributes };
}
