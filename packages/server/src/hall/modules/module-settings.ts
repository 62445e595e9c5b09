import {
  CommandError,
  type JsonValue,
  type Logger,
  type Module,
  type Settings,
  type WorkspaceName,
  ruleOf,
} from "@guildhall/sdk";
import { z } from "zod";
import type { ChatEntries } from "../../data/chat-entries.ts";
import type { DataAccessor } from "../../data/data-accessor.ts";

type Values = Record<string, unknown>;

/**
 * What people and workspaces chose for a module: kept like the settings of a command (requirements S004-14), under the
 * module's name; a workspace's are those of its system user.
 */
export class ModuleSettings implements Settings<Values, Values> {
  readonly #module: Pick<Module, "name" | "settings">;
  readonly #data: DataAccessor;
  readonly #entries: ChatEntries;
  readonly #log: Logger;

  constructor(options: {
    readonly module: Pick<Module, "name" | "settings">;
    readonly data: DataAccessor;
    readonly entries: ChatEntries;
    readonly log: Logger;
  }) {
    this.#module = options.module;
    this.#data = options.data;
    this.#entries = options.entries;
    this.#log = options.log;
  }

  async ofUser(userId: string): Promise<Values> {
    return this.#read(this.#module.settings.user, await this.#stored(userId));
  }

  async changeForUser(userId: string, changes: Values): Promise<Values> {
    return await this.#change(this.#module.settings.user, userId, changes);
  }

  async ofWorkspace(workspace: WorkspaceName): Promise<Values> {
    const systemUserId = await this.#entries.systemUserOf(workspace);
    const stored = systemUserId === undefined ? {} : await this.#stored(systemUserId);
    return this.#read(this.#module.settings.workspace, stored);
  }

  async changeForWorkspace(workspace: WorkspaceName, changes: Values): Promise<Values> {
    const systemUserId = await this.#entries.systemUserOf(workspace);
    if (systemUserId === undefined) {
      throw new CommandError(
        "The hall does not know this workspace yet: type a command in one of its channels first.",
        {
          code: "workspace_not_found",
        },
      );
    }
    return await this.#change(this.#module.settings.workspace, systemUserId, changes);
  }

  async #stored(userId: string): Promise<Values> {
    const { configuration } = await this.#data.getActionHandlerUserConfig(userId, this.#module.name);
    return z.record(z.string(), z.unknown()).catch({}).parse(configuration);
  }

  /** What still fits the schema; the rest counts as not chosen. */
  #read(schema: z.ZodObject, stored: Values): Values {
    const { values, unfit } = fittingSettings(schema, stored);
    if (unfit.length > 0) {
      this.#log.warn({ settings: unfit }, "stored settings no longer fit and count as not chosen");
    }
    return values;
  }

  async #change(schema: z.ZodObject, userId: string, changes: Values): Promise<Values> {
    const kept = this.#read(schema, await this.#stored(userId));
    const wanted = { ...kept, ...changes };
    const values = readSettings(schema, wanted);
    await this.#data.setActionHandlerUserConfig(userId, this.#module.name, z.json().parse(wanted));
    return values;
  }
}

/** What of stored settings still fits their schema, with defaults for the rest, and the names of what does not. */
export function fittingSettings(
  schema: z.ZodObject,
  stored: unknown,
): { readonly values: Values; readonly unfit: readonly string[] } {
  const whole = schema.safeParse(stored);
  if (whole.success) return { values: whole.data, unfit: [] };
  const unfit = new Set(whole.error.issues.map(({ path }) => String(path[0])));
  const given = z.record(z.string(), z.unknown()).catch({}).parse(stored);
  const fitting = Object.fromEntries(Object.entries(given).filter(([key]) => !unfit.has(key)));
  return { values: schema.parse(fitting), unfit: [...unfit] };
}

/** Reads settings by their schema. @throws CommandError `setting_invalid` */
export function readSettings(schema: z.ZodObject, given: unknown): Record<string, JsonValue> {
  const parsed = z.strictObject(schema.shape).safeParse(given);
  if (parsed.success) return z.record(z.string(), z.json()).parse(parsed.data);
  const [issue] = parsed.error.issues;
  const name = issue?.path.join(".") ?? "";
  throw new CommandError(
    `The setting ${name === "" ? "given" : `"${name}"`} cannot be used: it ${issue ? ruleOf(issue) : "is not valid"}.`,
    {
      code: "setting_invalid",
    },
  );
}
