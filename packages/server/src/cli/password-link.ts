import type { Logger } from "pino";
import { PasswordLinkRequest } from "../adapters/terminal/create-user-request.ts";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { askHall } from "./ask-hall.ts";
import type { TerminalOptions } from "./run-line.ts";
import type { Settings } from "./settings.ts";

/** Prints the link by which somebody sets a new password, in a running hall or without one. */
export async function printPasswordLink(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly options: TerminalOptions;
  readonly values: { readonly email?: string | undefined };
}): Promise<number> {
  const { output, settings } = given;
  const request = PasswordLinkRequest.safeParse(given.values);
  if (!request.success) {
    output.err("guildhall: password-link needs --email ADDRESS, with which the person signs in.\n");
    return 2;
  }
  const { email } = request.data;
  const answer = await askHall(given, {
    remote: async (client) => await client.createPasswordLink(email),
    local: async ({ entryLinks }) => await entryLinks.createPasswordLinkFor(email),
  });
  if (!answer) return 1;
  const { publicUrl, host, port } = settings.http;
  const place = publicUrl?.replace(/\/+$/, "") ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  output.out(
    `${email} sets a new password here (the link works once, for a day): ${place}/new-password#${answer.token}\n`,
  );
  return 0;
}
