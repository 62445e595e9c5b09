import { chmod } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import path from "node:path";
import type { Logger } from "@guildhall/sdk";
import { z } from "zod";
import { removeSocketFolder, socketFolder } from "../../data/socket-folder.ts";
import type { Hall } from "../../hall/open-hall.ts";
import { refusalOf } from "./refusal.ts";
import { runTerminalLine } from "./run-terminal-line.ts";
import { TerminalRequest, type TerminalFrame } from "./terminal-frame.ts";
import { CreateUserRequest, PasswordLinkRequest } from "./create-user-request.ts";
import { CompleteRequest, completeForTerminal } from "./complete-request.ts";
import { toError } from "../../kernel/to-error.ts";

// Not imported: that would read all its names, of which one loads the whole of `fetch`.
const { createServer } = process.getBuiltinModule("node:http");

const SOCKET_NAME = "hall.sock";
const BODY_LIMIT = 2_000_000;

/** The Unix socket (mode 0600) by which terminals reach the hall that owns a data folder. */
export interface ControlServer {
  readonly socket: string;
  /** Takes no new connection, and resolves when those under way are done. */
  close(): Promise<void>;
}

/**
 * Opens the control socket. Whoever can open it is the local operator: the file system's rights are the
 * authentication.
 */
export async function openControlServer({
  hall,
  log,
}: {
  readonly hall: Hall;
  readonly log: Logger;
}): Promise<ControlServer> {
  const folder = await socketFolder(SOCKET_NAME);
  const socket = path.join(folder, SOCKET_NAME);
  const server = createServer((request, response) => {
    answer({ hall, request, response }).catch((error: unknown) => {
      log.error({ err: toError(error) }, "a terminal's request failed");
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.keepAliveTimeout = 1;
  await listen(server, socket);
  await chmod(socket, 0o600);
  return {
    socket,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      await removeSocketFolder(folder);
    },
  };
}

async function answer(exchange: {
  hall: Hall;
  request: IncomingMessage;
  response: ServerResponse;
}): Promise<void> {
  const { hall, request, response } = exchange;
  const body = await readJson(request);
  switch (`${request.method} ${request.url}`) {
    case "POST /run": {
      const wanted = TerminalRequest.parse(body);
      const gone = new AbortController();
      response.on("close", () => gone.abort());
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      for await (const frame of runTerminalLine(hall, wanted, gone.signal)) response.write(line(frame));
      response.end();
      return;
    }
    case "POST /create-user": {
      const { password, email, admin } = CreateUserRequest.parse(body);
      try {
        const user = await hall.people.createUser({ email, password, is_administrator: admin });
        send(response, 201, { id: user.id, email: user.email });
      } catch (error) {
        send(response, 409, refusalOf(error));
      }
      return;
    }
    case "POST /password-link": {
      const { email } = PasswordLinkRequest.parse(body);
      try {
        send(response, 201, await hall.entryLinks.createPasswordLinkFor(email));
      } catch (error) {
        send(response, 409, refusalOf(error));
      }
      return;
    }
    case "POST /complete":
      send(response, 200, completeForTerminal(hall, CompleteRequest.parse(body)));
      return;
    default:
      send(response, 404, { code: "not_found", message: "This hall does not know that request." });
  }
}

const line = (frame: TerminalFrame) => `${JSON.stringify(frame)}\n`;

function send(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(document));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = z.instanceof(Buffer).parse(part);
    size += bytes.length;
    if (size > BODY_LIMIT) throw new RangeError("a terminal's request was too large");
    parts.push(bytes);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

async function listen(server: Server, socket: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
