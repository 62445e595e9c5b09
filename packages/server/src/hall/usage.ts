import type { Clock, State } from "@guildhall/sdk";
import type { Database } from "../data/database.ts";
import { readHallNumbers, type HallNumbers } from "../data/hall-numbers.ts";

const PREFIX = "c_";
const KEPT_MILLISECONDS = 10_000;

/** How much a hall is used: counts, and nothing of who did what (requirements F-21, F-46). */
export interface UsageNumbers extends HallNumbers {
  /** How often each command was run, by its words, the most used first. */
  readonly commands: readonly { readonly command: string; readonly count: number }[];
  readonly total: number;
  /** People who have ever run a command. */
  readonly users: number;
}

/** Reads the counts that every recorded action leaves; what was read is kept for ten seconds. */
export class Usage {
  readonly #state: State;
  readonly #database: Database;
  readonly #clock: Clock;
  #kept: { readonly numbers: Promise<UsageNumbers>; readonly until: number } | undefined;

  constructor(given: { readonly state: State; readonly database: Database; readonly clock: Clock }) {
    this.#state = given.state;
    this.#database = given.database;
    this.#clock = given.clock;
  }

  async read(): Promise<UsageNumbers> {
    const now = this.#clock.now().getTime();
    if (this.#kept && this.#kept.until > now) return await this.#kept.numbers;
    const numbers = this.#count();
    this.#kept = { numbers, until: now + KEPT_MILLISECONDS };
    numbers.catch(() => {
      this.#kept = undefined;
    });
    return await numbers;
  }

  async #count(): Promise<UsageNumbers> {
    const keys = (await this.#state.scan(PREFIX)).filter((key) => key !== PREFIX);
    const [counts, users, places] = await Promise.all([
      Promise.all(keys.map((key) => this.#state.getCount(key))),
      this.#state.getSet("user_set"),
      readHallNumbers(this.#database),
    ]);
    const commands = keys
      // Names have hyphens and no underscores, which stand for the spaces between them.
      .map((key, index) => ({
        command: key.slice(PREFIX.length).replaceAll("_", " "),
        count: Number(counts[index] ?? 0n),
      }))
      .toSorted((a, b) => b.count - a.count || a.command.localeCompare(b.command, "en"));
    return {
      commands,
      total: commands.reduce((sum, { count }) => sum + count, 0),
      users: users.length,
      ...places,
    };
  }
}

/** The counts of whole commands, those of their sub-commands added up. */
export function wholeCommands(commands: UsageNumbers["commands"]): UsageNumbers["commands"] {
  const sums = new Map<string, number>();
  for (const { command, count } of commands) {
    const [first = ""] = command.split(" ");
    sums.set(first, (sums.get(first) ?? 0) + count);
  }
  return [...sums].map(([command, count]) => ({ command, count })).toSorted((a, b) => b.count - a.count);
}
