import { createClient, ErrorReply } from "@redis/client";
import { CommandError, type Logger } from "@guildhall/sdk";
import { ConfigError } from "../../kernel/config-error.ts";
import { withinLimit } from "../../kernel/within-limit.ts";
import { SCRIPTS } from "./redis-scripts.ts";

const CONNECT_PATIENCE_MILLISECONDS = 5000;
const ANSWER_PATIENCE_MILLISECONDS = 5000;
const FIRST_RETRY_MILLISECONDS = 25;
const LONGEST_RETRY_MILLISECONDS = 1000;

function makeClient(url: string) {
  return createClient({
    url,
    scripts: SCRIPTS,
    RESP: 2,
    // A write that waits for a server to come back could happen long after its asker was told that it failed.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_PATIENCE_MILLISECONDS,
      reconnectStrategy: (tries) =>
        Math.min(FIRST_RETRY_MILLISECONDS * 2 ** Math.min(tries, 10), LONGEST_RETRY_MILLISECONDS),
    },
  });
}

/** What can be asked of a server. */
export type RedisCommands = ReturnType<typeof makeClient>;

/** One Redis or Valkey server: it connects again by itself, and says once when it is away and when it is back. */
export class RedisClient {
  readonly #client: RedisCommands;
  readonly #place: string;

  private constructor({ client, place }: { client: RedisCommands; place: string }) {
    this.#client = client;
    this.#place = place;
  }

  /**
   * Connects to a server by its `redis://` or `rediss://` URL.
   *
   * @param options.setting what names the URL, for the error
   * @param options.mayBeAway whether to go on without it and connect when it is there
   * @throws ConfigError when it cannot be reached within 5 s
   */
  static async open(options: {
    readonly url: string;
    readonly setting: string;
    readonly log: Logger;
    readonly mayBeAway?: boolean;
  }): Promise<RedisClient> {
    const { host } = new URL(options.url);
    const client = makeClient(options.url);
    let isAway = false;
    client.on("error", (error: Error) => {
      if (!isAway) options.log.warn({ err: error, host }, "Redis is away");
      isAway = true;
    });
    client.on("ready", () => {
      if (isAway) options.log.info({ host }, "Redis is back");
      isAway = false;
    });
    const connecting = client.connect();
    // It goes on trying; what it gave up with is in the log.
    connecting.catch(() => undefined);
    try {
      await withinLimit(() => connecting, CONNECT_PATIENCE_MILLISECONDS, "it did not answer");
    } catch {
      if (!options.mayBeAway) {
        client.destroy();
        throw new ConfigError(
          `The Redis server at ${host} does not answer: see that it runs where ${options.setting} says, and that its password is right.`,
        );
      }
    }
    return new RedisClient({ client, place: host });
  }

  /** Whether it is connected now. */
  get isReady(): boolean {
    return this.#client.isReady;
  }

  /**
   * Asks the server.
   *
   * @throws CommandError `state_unavailable` when it does not answer; a write may or may not have been done then
   */
  async ask<Reply>(question: (client: RedisCommands) => Promise<Reply>): Promise<Reply> {
    try {
      return await withinLimit(
        () => question(this.#client),
        ANSWER_PATIENCE_MILLISECONDS,
        "it did not answer in time",
      );
    } catch (error) {
      if (error instanceof ErrorReply && !/^(LOADING|READONLY|MASTERDOWN|NOREPLICAS)/.test(error.message)) {
        throw error;
      }
      throw new CommandError(
        `The hall's state is away, since its Redis server at ${this.#place} does not answer: try again in a moment.`,
        { code: "state_unavailable" },
      );
    }
  }

  /** As {@link ask}, but undefined when the key holds another kind of thing. */
  async askOfKind<Reply>(question: (client: RedisCommands) => Promise<Reply>): Promise<Reply | undefined> {
    try {
      return await this.ask(question);
    } catch (error) {
      if (error instanceof ErrorReply && error.message.startsWith("WRONGTYPE")) return undefined;
      throw error;
    }
  }

  /** Facts of `INFO`, by name. */
  async info(
    section: "replication" | "memory" | "persistence" | "server",
  ): Promise<ReadonlyMap<string, string>> {
    const text = await this.ask((client) => client.info(section));
    return new Map(
      text.split("\r\n").flatMap((line) => {
        const at = line.indexOf(":");
        return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
      }),
    );
  }

  /** Ends the connection; what was asked before is answered first, as far as the server does. */
  async close(): Promise<void> {
    if (this.#client.isReady) {
      await this.#client.close();
    } else if (this.#client.isOpen) {
      this.#client.destroy();
    }
  }
}
