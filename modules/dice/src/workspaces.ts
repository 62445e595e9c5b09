import type { Limits } from "@guildhall/dice-engine";
import type { Clock, Place, Settings, WorkspaceName } from "@guildhall/sdk";
import { z } from "zod";
import { KnownExpressions } from "./known-expressions.ts";
import { limitsFor, WorkspaceLimits, type HallLimits } from "./limit-settings.ts";

const LONGEST_NAME = 100;
const MOST_NAMES = 100;
const KEPT_MILLISECONDS = 10_000;
const KEPT_WORKSPACES = 1_000;

const channel = z.string().max(LONGEST_NAME).default("");
const names = z.array(z.string().min(1).max(LONGEST_NAME)).max(MOST_NAMES);

/** What a workspace chooses for its tables (M-28, M-29). Channels are given by their names, or by the platform's ids. */
export const WorkspaceChoices = WorkspaceLimits.extend({
  diceLog: z.boolean().default(true).describe("Whether rolls in public channels are written to the dice log"),
  diceSkipChannels: names
    .default(["bot_test", "ooc_discussion"])
    .describe("Channels whose rolls are not written to the dice log"),
  privateChannels: names
    .default([])
    .describe("Channels that are private besides direct messages: their rolls are in no log"),
  publicChannel: channel.describe("Where rolls made in private are told as well; nowhere when empty"),
  blindChannel: channel.describe("The game master's channel, where the results of blind rolls go"),
  blindRolls: names.default([]).describe("What is rolled blind unless the roll says --show, such as insight"),
});

/** What a workspace has chosen. */
export type WorkspaceValues = z.output<typeof WorkspaceChoices>;

/** What holds where a line was typed. */
export interface TableRules {
  readonly limits: Limits;
  /** What was read under these limits. */
  readonly expressions: KnownExpressions;
  /** Undefined outside chat. */
  readonly workspace: { readonly name: WorkspaceName; readonly values: WorkspaceValues } | undefined;
}

/** The rules of each workspace, kept for ten seconds in memory. */
export class Workspaces {
  readonly #settings: Settings<unknown, WorkspaceValues>;
  readonly #clock: Clock;
  readonly #hall: z.output<typeof HallLimits>;
  readonly #outside: TableRules;
  readonly #known = new Map<string, { readonly rules: TableRules; readonly until: number }>();

  constructor(given: {
    readonly settings: Settings<unknown, WorkspaceValues>;
    readonly clock: Clock;
    readonly hall: z.output<typeof HallLimits>;
  }) {
    this.#settings = given.settings;
    this.#clock = given.clock;
    this.#hall = given.hall;
    this.#outside = rulesOf(limitsFor(given.hall), undefined);
  }

  async of({ platform, workspaceId }: Pick<Place, "platform" | "workspaceId">): Promise<TableRules> {
    if (platform === null || workspaceId === null) return this.#outside;
    const key = `${platform} ${workspaceId}`;
    const now = this.#clock.now().getTime();
    const known = this.#known.get(key);
    if (known && known.until > now) return known.rules;
    const name = { adapter: platform, workspaceId };
    return this.#remember(name, await this.#settings.ofWorkspace(name));
  }

  /** @throws CommandError `setting_invalid`, or `workspace_not_found` */
  async change(name: WorkspaceName, changes: Partial<WorkspaceValues>): Promise<WorkspaceValues> {
    const values = await this.#settings.changeForWorkspace(name, changes);
    this.#remember(name, values);
    return values;
  }

  #remember(name: WorkspaceName, values: WorkspaceValues): TableRules {
    const rules = rulesOf(limitsFor(this.#hall, values), { name, values });
    if (this.#known.size >= KEPT_WORKSPACES) this.#known.clear();
    this.#known.set(`${name.adapter} ${name.workspaceId}`, {
      rules,
      until: this.#clock.now().getTime() + KEPT_MILLISECONDS,
    });
    return rules;
  }
}

function rulesOf(limits: Limits, workspace: TableRules["workspace"]): TableRules {
  return { limits, expressions: new KnownExpressions(limits), workspace };
}
