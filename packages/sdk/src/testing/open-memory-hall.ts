import { z } from "zod";
import { answerRequest } from "../answer-request.ts";
import type { ArgumentValues, Arguments } from "../argument.ts";
import type { Chunk } from "../chunk.ts";
import type { Command, CommandUser } from "../command.ts";
import type { JsonValue } from "../json.ts";
import type { Module, ModuleHealth } from "../module.ts";
import type { Route, RouteAnswer, RouteMethod } from "../route.ts";
import type { Random } from "../surroundings.ts";
import { MemoryState } from "./memory-state.ts";
import type { MemoryStore } from "./memory-store.ts";
import { SeededRandom } from "./seeded-random.ts";
import { startModule, type StartedModule } from "./start-module.ts";
import { TestClock } from "./test-clock.ts";

/** What came of a typed line. */
export interface Reply {
  /** The text of all chunks, of help, or of the error; chunks are separated by line breaks. */
  readonly text: string;
  readonly chunks: readonly Chunk[];
  /** Present when the line was wrong or the command failed with a message for the person. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** How to open a hall in memory. */
export interface MemoryHallOptions {
  /** Each after those that it depends on. */
  readonly modules: readonly Module[];
  /** Settings by the module's name. */
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Where randomness begins; 1 when left out. */
  readonly seed?: number;
  readonly clock?: TestClock;
  /** Who types; Ada, an administrator, when left out. */
  readonly user?: CommandUser;
}

/** A hall in memory: real lines, routes and modules, and everything else as {@link startModule} has it. */
export interface MemoryHall {
  readonly clock: TestClock;
  readonly random: Random;
  readonly user: CommandUser;
  /** A token that stands for {@link user} in a request. */
  readonly token: string;
  /** The started modules by name. */
  readonly modules: ReadonlyMap<string, StartedModule>;
  /** Types a line, as the hall reads it, and runs what it means. @throws what the command throws by mistake */
  send(line: string): Promise<Reply>;
  /** Types a line and compares what comes of it. @throws Error that shows both when it differs */
  expectReply(line: string, expected: string | RegExp): Promise<Reply>;
  /** Asks a route. */
  request(
    method: RouteMethod,
    path: string,
    more?: { readonly body?: JsonValue; readonly token?: string },
  ): Promise<RouteAnswer>;
  health(module: string): Promise<ModuleHealth | undefined>;
  close(): Promise<void>;
}

const ADA: CommandUser = {
  id: "00000000-0000-7000-8000-0000000000ad",
  email: "ada@example.org",
  displayName: "Ada",
  isAdministrator: true,
};
const TOKEN = "a-token-for-tests";

/** What the hall's own reader of lines makes of one. */
type ReadLine = ReadCommand | { readonly kind: "help" | "error"; readonly text: string };

interface ReadCommand {
  readonly kind: "run";
  readonly command: Command;
  readonly values: ArgumentValues<Arguments>;
  readonly module: string;
}

interface LineReader {
  add(command: Command, by: { readonly module: string }): () => void;
  read(line: string): ReadLine;
}

// The package exports exactly this; it depends on the sdk, so the sdk cannot name its types.
const LineReaderPackage = z.object({
  createLineReader: z.custom<() => LineReader>((value) => typeof value === "function"),
});
const LINE_READER = "guildhall/line-reader";

/**
 * Opens a hall in memory. Lines are read by the hall's own reader, so the package `guildhall` has to be there, as it is
 * wherever a hall runs.
 *
 * @throws Error when a module does not start
 */
export async function openMemoryHall(options: MemoryHallOptions): Promise<MemoryHall> {
  const { createLineReader } = LineReaderPackage.parse(await import(LINE_READER));
  const reader = createLineReader();
  const clock = options.clock ?? new TestClock();
  const random = new SeededRandom(options.seed ?? 1);
  const user = options.user ?? ADA;
  const state = new MemoryState({ now: () => clock.now() });
  const tokens = new Map([[TOKEN, user]]);
  const modules = new Map<string, StartedModule>();
  const routes: { readonly route: Route; readonly started: StartedModule }[] = [];
  for (const module of options.modules) {
    const dependencies = Object.fromEntries(
      Object.entries(module.dependencies).map(([key, { name }]) => {
        const { parts = false } = modules.get(name) ?? {};
        if (!parts) throw new Error(`the module "${module.name}" needs "${name}" to stand before it`);
        return [key, parts.api];
      }),
    );
    const config = options.config?.[module.name] ?? {};
    const started = await startModule(module, { config, dependencies, clock, random, state, tokens });
    if (!started.parts) throw new Error(`the module "${module.name}" declined to start`);
    for (const command of started.parts.commands ?? []) reader.add(command, { module: module.name });
    for (const route of started.parts.routes ?? []) routes.push({ route, started });
    modules.set(module.name, started);
  }

  const send = async (line: string): Promise<Reply> => {
    const read = reader.read(line);
    switch (read.kind) {
      case "run":
        return await run(read, { clock, random, user, store: modules.get(read.module)?.store });
      case "help":
        return { text: read.text, chunks: [] };
      case "error":
        return { text: read.text, chunks: [], error: { code: "line_invalid", message: read.text } };
    }
  };

  return {
    clock,
    random,
    user,
    token: TOKEN,
    modules,
    send,
    expectReply: async (line, expected) => {
      const reply = await send(line);
      const isAsExpected =
        typeof expected === "string" ? reply.text.trim() === expected : expected.test(reply.text);
      if (!isAsExpected) {
        throw new Error(
          `"${line}" was answered\n  ${reply.text}\nwhere this was expected:\n  ${String(expected)}`,
        );
      }
      return reply;
    },
    request: async (method, path, more = {}) => {
      const [place = "/", search = ""] = path.split("?");
      for (const { route, started } of routes) {
        const parameters = route.method === method ? pathParameters(route.path, place) : undefined;
        if (!parameters) continue;
        return await answerRequest(route, {
          parameters,
          query: Object.fromEntries(new URLSearchParams(search)),
          body: more.body,
          authorization: more.token === undefined ? undefined : `Bearer ${more.token}`,
          tokens: started.context.tokens,
          log: started.log,
          signal: started.context.signal,
        });
      }
      throw new Error(`no module has the route ${method} ${place}`);
    },
    health: async (name) => await modules.get(name)?.health(),
    close: async () => {
      for (const started of [...modules.values()].toReversed()) await started.dispose();
    },
  };
}

let actions = 0;

async function run(
  { command, values }: ReadCommand,
  {
    clock,
    random,
    user,
    store,
  }: { clock: TestClock; random: Random; user: CommandUser; store: MemoryStore | undefined },
): Promise<Reply> {
  const chunks: Chunk[] = [];
  const rows: (() => Promise<void>)[] = [];
  const left: (() => Promise<void>)[] = [];
  const keep = async () => {
    for (const work of [...rows.splice(0), ...left.splice(0)]) await work();
  };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  try {
    const output = command.run?.(values, {
      user,
      action: { id: `test-action-${(actions += 1)}`, attempt: 1 },
      threadId: "test-thread",
      place: {
        adapter: "test",
        platform: null,
        workspaceId: null,
        channelId: "test-thread",
        isPrivate: false,
      },
      signal: AbortSignal.timeout(command.timeLimitSeconds * 1000),
      clock,
      random,
      log,
      withRecord: (table, row) => void rows.push(async () => await store?.insert(table, row)),
      afterRecord: (work) => void left.push(work),
      handOver: () => Promise.reject(new Error("a hall in memory cannot hand over")),
    });
    for await (const chunk of output ?? []) chunks.push(chunk);
    await keep();
    return { text: textOf(chunks), chunks };
  } catch (error) {
    // By form: a module may have been installed with a copy of the sdk.
    if (!(error instanceof Error && error.name === "CommandError" && "code" in error)) throw error;
    await keep();
    const text = [...chunks.map((chunk) => textOf([chunk])), error.message].join("\n");
    return { text, chunks, error: { code: String(error.code), message: error.message } };
  }
}

function textOf(chunks: readonly Chunk[]): string {
  return chunks.map((chunk) => ("text" in chunk ? chunk.text : `[${chunk.mime}]`)).join("\n");
}

function pathParameters(pattern: string, place: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), place.split("/")];
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const typed = given[index] ?? "";
    if (part.startsWith(":")) parameters[part.slice(1)] = decodeURIComponent(typed);
    else if (part !== typed) return undefined;
  }
  return parameters;
}
