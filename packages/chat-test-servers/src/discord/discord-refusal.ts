import type { RESTError } from "discord-api-types/v10";

/** An answer of Discord that refuses a request. */
export class DiscordRefusal extends Error {
  readonly status: number;
  readonly body: RESTError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: RESTError, headers: Readonly<Record<string, string>> = {}) {
    super(body.message);
    this.name = "DiscordRefusal";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** A body that breaks a rule of its form; Discord's code 50035. */
export function invalidForm(reason: string): DiscordRefusal {
  return new DiscordRefusal(400, { code: 50035, message: `Invalid Form Body: ${reason}` });
}

/** Something that is not there, by Discord's own code for its kind. */
export function unknown(code: number, what: string): DiscordRefusal {
  return new DiscordRefusal(404, { code, message: `Unknown ${what}` });
}
