import { createServer } from "node:net";
import type { HttpSettings } from "../settings.ts";
import { well, wrong, type Finding } from "./finding.ts";

/** Whether the hall could listen where it is told to. */
export async function examinePort({ host, port }: HttpSettings): Promise<Finding> {
  const where = `port ${port} of ${host}`;
  const code = await tryToListen({ host, port });
  switch (code) {
    case undefined:
      return well("port", port === 0 ? "Any free port will do." : `The ${where} is free.`);
    case "EADDRINUSE":
      return wrong(
        "port",
        `Another program listens on ${where}.`,
        "Stop it, or set GUILDHALL_HTTP__PORT to another port.",
      );
    case "EACCES":
      return wrong(
        "port",
        `This account may not listen on ${where}.`,
        "Set GUILDHALL_HTTP__PORT to a port of 1024 or above, and put a proxy before it.",
      );
    default:
      return wrong(
        "port",
        `Nothing can listen on ${where} (${code}).`,
        "Set GUILDHALL_HTTP__HOST to an address of this machine.",
      );
  }
}

/** The system's word for why not; undefined when it could listen. */
async function tryToListen(place: { host: string; port: number }): Promise<string | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(place, () => server.close(() => resolve(undefined)));
  });
}
