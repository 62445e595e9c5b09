import type { Socket } from "node:net";
import { problemDocument } from "./problem.ts";
import type { ProblemCode } from "./problem-codes.ts";

// Not imported: that would read all its names, of which one loads the whole of `fetch`.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

const CODES: Readonly<Record<string, readonly [code: ProblemCode, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ["headers_too_large", "The request's headers are larger than 16 KiB."],
  ERR_HTTP_REQUEST_TIMEOUT: ["request_timeout", "The request did not come to its end in time."],
};

/** Answers what is not a whole HTTP request, of which no route can know, and closes the connection. */
export function refuseMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = CODES[error.code ?? ""] ?? ["request_malformed", "The request is not valid HTTP."];
  const problem = problemDocument({ code, detail });
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}`,
      "content-type: application/problem+json; charset=utf-8",
      "x-content-type-options: nosniff",
      `content-length: ${Buffer.byteLength(body)}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
