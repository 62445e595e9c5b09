import type { Cache } from "../cache.ts";
import type { ChatChannels } from "../chat-channels.ts";
import type { CommandUser } from "../command.ts";
import { CommandError } from "../command.ts";
import type { Metrics } from "../metrics.ts";
import type {
  DependencyApis,
  Module,
  ModuleContext,
  ModuleDependencies,
  ModuleHealth,
  ModuleParts,
} from "../module.ts";
import type { Settings } from "../settings.ts";
import type { Random } from "../surroundings.ts";
import { MemoryObjects } from "./memory-objects.ts";
import { MemoryState } from "./memory-state.ts";
import { MemoryStore } from "./memory-store.ts";
import { SeededRandom } from "./seeded-random.ts";
import { TestClock } from "./test-clock.ts";
import { TestLog } from "./test-log.ts";

/** How to start a module by itself. */
export interface StartModuleOptions {
  /** Settings as they would be set; the module's schema reads them. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What stands in for the modules that it depends on, by the names under which it receives them. */
  readonly dependencies?: DependencyApis<ModuleDependencies>;
  readonly clock?: TestClock;
  readonly random?: Random;
  readonly store?: MemoryStore;
  readonly state?: MemoryState;
  /** Access tokens and whom they stand for. */
  readonly tokens?: ReadonlyMap<string, CommandUser>;
}

/** A module that was started by itself. */
export interface StartedModule {
  /** What its `initialize` returned; false when it declined. */
  readonly parts: ModuleParts<unknown> | false;
  readonly context: ModuleContext<unknown, ModuleDependencies>;
  readonly clock: TestClock;
  readonly store: MemoryStore;
  readonly state: MemoryState;
  readonly objects: MemoryObjects;
  readonly log: TestLog;
  /** Every event that it told of, in order. */
  readonly emitted: readonly { readonly event: string; readonly payload: unknown }[];
  /** How often each of its metrics was counted or measured, by its name within the module. */
  readonly measured: ReadonlyMap<string, number>;
  /** What it says of itself; unhealthy when it declined to start. */
  health(): Promise<ModuleHealth>;
  dispose(): Promise<void>;
}

/** Starts a module with everything in memory: its unit tests need no hall and no store. */
export async function startModule(module: Module, options: StartModuleOptions = {}): Promise<StartedModule> {
  const clock = options.clock ?? new TestClock();
  const store = options.store ?? new MemoryStore();
  const state = options.state ?? new MemoryState({ now: () => clock.now() });
  const objects = new MemoryObjects({ now: () => clock.now() });
  const log = new TestLog();
  const emitted: { event: string; payload: unknown }[] = [];
  const measured = new Map<string, number>();
  const controller = new AbortController();
  const context: ModuleContext<unknown, ModuleDependencies> = {
    config: module.config.parse(options.config ?? {}),
    dependencies: options.dependencies ?? {},
    state,
    store,
    objects,
    cache: memoryCache(),
    metrics: countingMetrics(measured),
    events: {
      emit: async (event, payload) => {
        emitted.push({ event: event.name, payload });
      },
    },
    settings: memorySettings(module),
    tokens: {
      verify: async (token) => options.tokens?.get(token),
      refresh: async () => undefined,
    },
    sealing: {
      seal: (content) => `sealed:${btoa(encodeURIComponent(content))}`,
      open: (sealed) => {
        const [mark, content = ""] = sealed.split(":");
        return mark === "sealed" ? decodeURIComponent(atob(content)) : undefined;
      },
    },
    log,
    clock,
    random: options.random ?? new SeededRandom(1),
    chat: noChannels,
    signal: controller.signal,
  };
  const parts = await module.initialize(context);
  return {
    parts,
    context,
    clock,
    store,
    state,
    objects,
    log,
    emitted,
    measured,
    health: async () => {
      if (!parts) return { status: "unhealthy", detail: "it declined to start" };
      return (await parts.healthCheck?.()) ?? { status: "healthy" };
    },
    dispose: async () => {
      controller.abort();
      if (parts) await parts.dispose?.();
    },
  };
}

const noChannels: ChatChannels = {
  match: async () => [],
  async *history() {},
  async *answers() {},
  lastActivity: async () => undefined,
  channelsOf: async () => [],
  post: async () => {
    throw new CommandError("No chat platform is connected.", { code: "channel_not_found" });
  },
};

function memoryCache(): Cache {
  const values = new Map<string, unknown>();
  return {
    read: async (read) => {
      const { key, schema } = read;
      const remembered = schema.safeParse(values.get(key));
      if (values.has(key) && remembered.success) return remembered.data;
      const value = await read.load();
      values.set(key, structuredClone(value));
      return value;
    },
    forget: async (key) => {
      values.delete(key);
    },
  };
}

function countingMetrics(measured: Map<string, number>): Metrics {
  const note = (name: string, amount: number) => measured.set(name, (measured.get(name) ?? 0) + amount);
  return {
    counter: ({ name }) => ({
      add: (...given) => {
        const amount = given.at(-1);
        note(name, typeof amount === "number" ? amount : 1);
      },
    }),
    timer: ({ name }) => ({
      time: async (...given) => {
        const work = given.at(-1);
        note(name, 1);
        if (typeof work !== "function") throw new TypeError("a timer needs the work that it measures");
        return await work();
      },
    }),
  };
}

function memorySettings({ settings }: Module): Settings<Record<string, unknown>, Record<string, unknown>> {
  const chosen = new Map<string, Record<string, unknown>>();
  const read = (schema: Module["settings"]["user"], key: string) => schema.parse(chosen.get(key) ?? {});
  const change = (schema: Module["settings"]["user"], key: string, changes: Record<string, unknown>) => {
    const values = schema.parse({ ...chosen.get(key), ...changes });
    chosen.set(key, values);
    return values;
  };
  const nameOf = (workspace: { adapter: string; workspaceId: string }) =>
    `${workspace.adapter}:${workspace.workspaceId}`;
  return {
    ofUser: async (userId) => read(settings.user, userId),
    changeForUser: async (userId, changes) => change(settings.user, userId, changes),
    ofWorkspace: async (workspace) => read(settings.workspace, nameOf(workspace)),
    changeForWorkspace: async (workspace, changes) => change(settings.workspace, nameOf(workspace), changes),
  };
}
