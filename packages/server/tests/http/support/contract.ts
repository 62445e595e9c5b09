import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect } from "vitest";
import { z } from "zod";
import type { Answer, RawRequest } from "./wire.ts";

const Response = z.object({
  description: z.string(),
  content: z.record(z.string(), z.object({ schema: z.unknown().optional() })).optional(),
});

const Operation = z.looseObject({
  summary: z.string().optional(),
  security: z.array(z.record(z.string(), z.unknown())).optional(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).optional(),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
  responses: z.record(z.string(), Response),
});

/** The hall's description of itself, as far as tests look into it. */
export const ApiDescription = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});

const METHODS_OUTSIDE = new Set(["HEAD", "OPTIONS", "PROPFIND", "TRACE"]);

/** Holds answers against the hall's own description: status, content type and body. */
export class Contract {
  readonly description: z.infer<typeof ApiDescription>;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #operations: { method: string; path: string; pattern: RegExp }[] = [];

  constructor(description: z.infer<typeof ApiDescription>) {
    this.description = description;
    formats.default(this.#ajv);
    this.#ajv.addSchema(description, "api");
    for (const [path, operations] of Object.entries(description.paths)) {
      const pattern = new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
      for (const method of Object.keys(operations)) this.#operations.push({ method, path, pattern });
    }
    // What is written out goes before what has a parameter in its place.
    this.#operations.sort((one, other) => Number(one.path.includes("{")) - Number(other.path.includes("{")));
  }

  static async read(origin: string): Promise<Contract> {
    const answer = await fetch(`${origin}/api/v1/openapi.json`);
    return new Contract(ApiDescription.parse(await answer.json()));
  }

  /** Expects the answer to be one that the description promises. */
  check(request: RawRequest, answer: Answer): void {
    const [path = ""] = request.path.split("?");
    const method = request.method.toLowerCase();
    const found = this.#operations.find(
      (operation) => operation.method === method && operation.pattern.test(path),
    );
    const where = `${request.method} ${path} answered ${answer.status} ${answer.text.slice(0, 300)}`;
    if (!found) {
      const isProblem = answer.status >= 400 || !path.startsWith("/api/v1/");
      expect(isProblem || METHODS_OUTSIDE.has(request.method) || path === "/api/v1/openapi.json", where).toBe(
        true,
      );
      return;
    }
    const { responses } = this.description.paths[found.path]?.[found.method] ?? { responses: {} };
    const key = String(answer.status) in responses ? String(answer.status) : "default";
    const response = responses[key];
    if (!response) throw new Error(`not described: ${where}`);
    const type = (answer.headers["content-type"] ?? "").split(";")[0] ?? "";
    if (answer.status === 204) {
      expect(answer.bytes, where).toHaveLength(0);
      return;
    }
    const types = Object.keys(response.content ?? {});
    const described = types.find((name) => name === type || name === "*/*");
    if (described === undefined) throw new Error(`not of a described type (${types.join()}): ${where}`);
    if (!/[/+]json$/.test(described)) return;
    const body: unknown = JSON.parse(answer.text);
    const pointer = ["paths", found.path, found.method, "responses", key, "content", described, "schema"];
    const validate = this.#ajv.getSchema(`api#/${pointer.map(escapePointer).join("/")}`);
    if (!validate) throw new Error(`no schema: ${where}`);
    expect(validate(body), `${where}: ${JSON.stringify(validate.errors)}`).toBe(true);
  }
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
