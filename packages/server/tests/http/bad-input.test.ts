import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { PROBLEM_CODES, type ProblemCode } from "../../src/http/problem-codes.ts";
import { ActionSchema, HelpSchema, ProblemDocument } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { exchange } from "./support/raw-socket.ts";
import { newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";
import { storedCounts } from "./support/stored-counts.ts";
import { sendRaw } from "./support/wire.ts";

const JSON_TYPE = { "content-type": "application/json" };
const LineProblem = ProblemDocument.extend({
  error: z.looseObject({ code: z.string(), message: z.string(), suggestion: z.string().optional() }),
  help: HelpSchema.shape.help,
});

describe.each(stores().slice(0, 1))("bad input", (store) => {
  const { served } = useServedHall(store);
  let person: SignedInPerson;
  let path = "";
  let before: Record<string, number> = {};

  beforeAll(async () => {
    person = await served().join();
    path = `/api/v1/threads/${await newThread(person.api)}/actions`;
    await person.api.post(path, { raw_text: "ping" });
  });
  beforeEach(async () => {
    before = await storedCounts(served().hall);
  });
  afterEach(async () => {
    expect(await storedCounts(served().hall)).toEqual(before);
    expect((await sendRaw(served().origin, { method: "GET", path: "/health" })).status).toBe(200);
  });

  const send = async (body: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
    await person.api.send({ method: "POST", path, headers, body });

  describe("in a line", () => {
    it.each([
      ['roll "1d6', "unbalanced_quote", undefined],
      ["roll 1d6 “half", "unbalanced_quote", undefined],
      ["rol 1d6", "unknown_command", "roll"],
      ["xyzzy", "unknown_command", undefined],
      ["roll", "missing_argument", undefined],
      ["stream ten", "bad_value", undefined],
      ["stream -5", "bad_value", undefined],
      ["stream 1 --ms", "missing_value", undefined],
      ["stream 1 --mz 5", "unknown_flag", "--ms"],
      ["ping now", "extra_argument", undefined],
      ["roll 1d6 -a -d", "exclusive_arguments", undefined],
    ])("%j is refused with %s and its usage", async (raw_text, code, suggestion) => {
      const answer = await person.api.post(path, { raw_text });
      expectProblem(answer, "line_invalid");
      const { error, help, detail } = bodyOf(answer, 422, LineProblem);
      expect(error).toMatchObject({ code, ...(suggestion === undefined ? {} : { suggestion }) });
      expect(detail).toBe(error.message);
      expect(help.text.length).toBeGreaterThan(10);
    });

    it("is refused when it is a megabyte long", async () => {
      for (const text of ["x", "\\", '"', " ", "\u{1F3B2}"]) {
        const raw_text = `echo ${text.repeat(Math.floor(1_000_000 / Buffer.byteLength(JSON.stringify(text))))}`;
        const answer = await person.api.post(path, { raw_text });
        expect(bodyOf(answer, 422, LineProblem).error.code).toBe("line_too_long");
        expect(answer.bytes.length).toBeLessThan(10_000);
      }
    });

    it("is refused with typed arguments of the wrong kind, each named", async () => {
      const cases: [string, unknown, string][] = [
        ["roll", {}, "missing_argument"],
        ["roll", { expression: 6 }, "bad_value"],
        ["roll", { expression: null }, "bad_value"],
        ["stream", { count: "3" }, "bad_value"],
        ["stream", { count: 1.5 }, "bad_value"],
        ["stream", { count: 1e9 }, "bad_value"],
        ["ping", { colour: "red" }, "unknown_argument"],
        ["roll", { expression: "1d6", advantage: true, disadvantage: true }, "exclusive_arguments"],
      ];
      for (const [command, input, code] of cases) {
        const answer = await person.api.post(`/api/v1/commands/${command}`, input);
        const { error } = bodyOf(answer, 422, LineProblem);
        expect(error.code, JSON.stringify([command, input])).toBe(code);
      }
      expectProblem(await person.api.post("/api/v1/commands/roll", [1]), "body_invalid");
      expectProblem(await person.api.post("/api/v1/commands/", {}), "command_not_found");
      expectProblem(await person.api.post("/api/v1/commands/roll/x/y", {}), "command_not_found");
    });
  });

  describe("in a body", () => {
    const nested = (depth: number) => `{"raw_text":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const cases: [string, string | Buffer, ProblemCode][] = [
      ["nothing", "", "body_invalid"],
      ["not JSON", "raw_text=ping", "body_not_json"],
      ["half of JSON", '{"raw_text":"ping"', "body_not_json"],
      ["a number", "1", "body_invalid"],
      ["null", "null", "body_invalid"],
      ["a list", '["ping"]', "body_invalid"],
      ["a missing field", "{}", "body_invalid"],
      ["a field of the wrong type", '{"raw_text":["ping"]}', "body_invalid"],
      ["10,000 levels of lists", nested(10_000), "body_too_deep"],
      ["100,000 levels of objects", '{"a":'.repeat(100_000), "body_too_deep"],
      ["invalid UTF-8", Buffer.from('{"raw_text":"\xff\xfe"}', "latin1"), "body_not_utf8"],
      ["an overlong NUL", Buffer.from('{"raw_text":"\xc0\x80"}', "latin1"), "body_not_utf8"],
      [
        "half of a surrogate pair in UTF-8",
        Buffer.from('{"raw_text":"\xed\xa0\x80"}', "latin1"),
        "body_not_utf8",
      ],
      ["more than a mebibyte", `{"raw_text":"${"x".repeat(1_048_576)}"}`, "body_too_large"],
    ];
    it.each(cases)("%s", async (_name, body, code) => {
      expectProblem(await send(body), code);
    });

    it.each([
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/xml",
      "nonsense",
      "",
    ])("of the type %j", async (type) => {
      expectProblem(await send('{"raw_text":"ping"}', { "content-type": type }), "media_type_unsupported");
    });

    it("of no type", async () => {
      expectProblem(await send('{"raw_text":"ping"}', {}), "media_type_unsupported");
    });

    it("with keys that a prototype has", async () => {
      for (const key of ["__proto__", "constructor", "toString"]) {
        const answer = await person.api.send({
          method: "POST",
          path: "/api/v1/commands/roll",
          headers: JSON_TYPE,
          body: `{"${key}":{"expression":"1d6"}}`,
        });
        expectProblem(answer, "line_invalid");
      }
    });
  });

  describe("in a path", () => {
    it("an id that is none", async () => {
      for (const id of ["1", "x", "%00", "..%2f..", "01890000-0000-7000-8000-00000000000g", "%F0%9F%8E%B2"]) {
        for (const place of [`threads/${id}`, `actions/${id}`, `events?thread_id=${id}`]) {
          expectProblem(await person.api.get(`/api/v1/${place}`), "body_invalid");
        }
        expectProblem(
          await person.api.post(`/api/v1/threads/${id}/actions`, { raw_text: "ping" }),
          "body_invalid",
        );
      }
      for (const after of ["-1", "x", "1.5", "1e400", "99999999999999999999"]) {
        const thread = path.split("/")[4];
        const events = `/api/v1/events?thread_id=${thread}&after=${after}`;
        expectProblem(await person.api.get(events), "body_invalid");
      }
    });

    it("that leads nowhere", async () => {
      for (const place of [
        "/api/v1",
        "/api/v1/",
        "/api/v2/threads",
        "/api/v1/nothing",
        "/x.php",
        "/api/v1/threads/",
      ]) {
        expect((await person.api.get(place)).status).toBeOneOf([400, 404]);
      }
      expectProblem(await person.api.get("/api/v1/nothing"), "not_found");
      expectProblem(await person.api.get("/api/v1/%zz"), "not_found");
      expectProblem(await person.api.get(`/api/v1/settings/${"x".repeat(5000)}`), "not_found");
      expectProblem(await person.api.get(`/api/v1/settings/${"x".repeat(500)}`), "body_invalid");
    });

    it("with a method that it does not take", async () => {
      for (const [method, place, allowed] of [
        ["PUT", "/api/v1/threads", ["GET", "POST"]],
        ["DELETE", path, ["POST"]],
        ["POST", "/health", ["GET"]],
        ["GET", "/api/v1/auth/login", ["POST"]],
        ["PROPFIND", "/api/v1/threads", ["GET", "POST"]],
      ] as const) {
        const answer = await person.api.send({ method, path: place });
        expectProblem(answer, "method_not_allowed");
        expect((answer.headers["allow"] ?? "").split(", ")).toEqual(expect.arrayContaining([...allowed]));
      }
    });

    it("with a huge query", async () => {
      const query = `limit=5&${"x".repeat(10_000)}=1`;
      expect((await person.api.get(`/api/v1/threads?${query}`)).status).toBe(200);
      const line = `line=${"x".repeat(70_000)}&cursor=1`;
      const answer = await sendRaw(served().origin, {
        method: "GET",
        path: `/api/v1/commands/complete?${line}`,
      });
      expect(answer.status).toBe(431);
      expectProblem(answer, "headers_too_large");
    });
  });

  describe("below HTTP", () => {
    const authorised = () => `Host: localhost\r\nAuthorization: Bearer ${person.token}\r\n`;
    const problemOf = async (text: string, code: ProblemCode) => {
      const { status, body, text: whole } = await exchange(served().origin, (socket) => socket.write(text));
      expect(status, whole).toBe(PROBLEM_CODES[code][0]);
      expect(whole).toContain("application/problem+json");
      expect(ProblemDocument.parse(JSON.parse(body)).code).toBe(code);
    };

    it("headers that overflow", async () => {
      await problemOf(
        `GET /health HTTP/1.1\r\n${authorised()}X: ${"x".repeat(20_000)}\r\n\r\n`,
        "headers_too_large",
      );
    });

    it("what is not HTTP", async () => {
      await problemOf("HELLO\r\n\r\n", "request_malformed");
      await problemOf("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "request_malformed");
      await problemOf("FOO /health HTTP/1.1\r\nHost: localhost\r\n\r\n", "request_malformed");
      await problemOf(
        `POST ${path} HTTP/1.1\r\n${authorised()}Content-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        "request_malformed",
      );
    });

    it("no Host", async () => {
      const answer = await exchange(served().origin, (socket) =>
        socket.write("GET /health HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
      );
      expect(answer.status).toBe(403);
      expect(answer.text).toContain("host_refused");
    });

    it("a sender who goes away in the middle", async () => {
      const half = `POST ${path} HTTP/1.1\r\n${authorised()}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"raw_text":"pi`;
      await exchange(served().origin, (socket) => socket.write(half, () => socket.destroy()));
    });
  });
});

describe.each(stores().slice(0, 1))("whatever is sent", (store) => {
  const { served } = useServedHall(store);

  it("never makes the hall fail, nor leaves half of anything", async () => {
    const person = await served().join();
    const thread = await newThread(person.api);
    const path = `/api/v1/threads/${thread}/actions`;
    const words = fc.constantFrom(
      "roll",
      "echo",
      "ping",
      "help",
      "-h",
      "--",
      "'",
      '"',
      "\\",
      "“",
      "\0",
      "4d6kh3",
      "\uD800",
    );
    const line = fc.array(fc.oneof(words, fc.string({ unit: "binary" })), { maxLength: 8 });
    const body = fc.oneof(
      line.map((parts) => JSON.stringify({ raw_text: parts.join(" ") })),
      fc.record({ raw_text: fc.jsonValue() }).map((value) => JSON.stringify(value)),
      fc.json(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    let made = 0;
    await fc.assert(
      fc.asyncProperty(body, async (content) => {
        const answer = await person.api.send({ method: "POST", path, headers: JSON_TYPE, body: content });
        expect(answer.status).toBeLessThan(500);
        if (answer.status === 200 && ActionSchema.safeParse(JSON.parse(answer.text)).success) made += 1;
      }),
      { numRuns: 400 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("roll", "echo", "stream", "help"),
        fc.json(),
        async (command, content) => {
          const at = `/api/v1/commands/${command}?thread_id=${thread}`;
          const answer = await person.api.send({
            method: "POST",
            path: at,
            headers: JSON_TYPE,
            body: content,
          });
          expect(answer.status).toBeLessThan(500);
          if (answer.status === 200 || answer.status === 202) made += 1;
        },
      ),
      { numRuns: 200 },
    );
    expect((await storedCounts(served().hall))["actions.actions"]).toBe(made);
  });
});
