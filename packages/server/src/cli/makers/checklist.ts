import { answerRequest, type Route, type RouteAnswer } from "@guildhall/sdk";
import type { StartedModule } from "@guildhall/sdk/testing";
import { z } from "zod";
import { withinLimit } from "../../kernel/within-limit.ts";
import { plainRoutes, type CheckedModule } from "./checked-module.ts";
import { checkTypes, runOwnTests } from "./own-checks.ts";

/** One of the twelve points (requirements S003-28): what is wrong, each with how to mend it; nothing when it holds. */
export interface ChecklistPoint {
  readonly name: string;
  readonly check: (checked: CheckedModule) => Promise<readonly string[]>;
}

const PATIENCE_MILLISECONDS = 5000;
const AWAY = new Error("the store is away, for the check");

const Health = z.looseObject({ status: z.enum(["healthy", "degraded", "unhealthy"]) });

/** The twelve points in their order. */
export const CHECKLIST: readonly ChecklistPoint[] = [
  {
    name: "interface",
    check: async ({ folder, module, start }) => {
      const faults = [...(await checkTypes(folder))];
      if (module.summary.trim() === "") faults.push("its summary is empty: say in one line what it is for");
      await (await start()).dispose();
      return faults;
    },
  },
  {
    name: "dependencies",
    check: async ({ module, missing }) => [
      ...missing.map(
        (name) => `"${name}" is not to be found: add it to the hall's modules, or mend the reference`,
      ),
      ...Object.values(module.dependencies)
        .filter(({ name }) => name === module.name)
        .map(() => "it depends on itself: leave that out"),
    ],
  },
  {
    name: "failure of initialize",
    check: async ({ module, start }) => {
      if (Object.keys(module.dependencies).length === 0) return [];
      try {
        await (await start({ withDependencies: false })).dispose();
      } catch {
        // It threw or returned false, as it should.
        return [];
      }
      return ["it starts although what it depends on is not there: log that, and return false"];
    },
  },
  {
    name: "health",
    check: async ({ start, module }) => {
      const started = await start();
      if (!started.parts.healthCheck) return ["it has no healthCheck: return one from initialize"];
      const faults = [...(await healthFaults(started, "healthy"))];
      if (module.tables.length > 0) {
        started.store.fault = AWAY;
        faults.push(...(await healthFaults(started, "unhealthy")));
      }
      await started.dispose();
      return faults;
    },
  },
  {
    name: "errors",
    check: async ({ start }) => {
      const started = await start();
      started.store.fault = AWAY;
      const faults: string[] = [];
      for (const route of plainRoutes(started.parts)) {
        const answered = await ask(started, route);
        if (typeof answered === "string") faults.push(`${shown(route)} ${answered}`);
        else if (answered !== undefined && answered.status >= 400 && !hasError(answered)) {
          faults.push(
            `${shown(route)} fails without a text under "error": answer { success: false, error: "..." }`,
          );
        }
      }
      await started.dispose();
      return faults;
    },
  },
  {
    name: "unit tests",
    check: async ({ folder, tests }) =>
      tests.length === 0
        ? [
            "it has no test: write one beside it, named ....test.ts, with node:test and @guildhall/sdk/testing",
          ]
        : await runOwnTests(folder, tests),
  },
  {
    name: "documentation",
    check: async ({ readme }) => {
      if (readme === "") return ['it has no README.md: "guildhall new module" shows the form'];
      const headings = [...readme.matchAll(/^#+ +(.+?) *$/gm)].map(([, heading = ""]) =>
        heading.toLowerCase(),
      );
      return ["Purpose", "Dependencies", "Endpoints", "Configuration", "Resources", "Examples"]
        .filter((wanted) => !headings.some((heading) => heading.includes(wanted.toLowerCase())))
        .map((wanted) => `README.md has no heading "${wanted}": add it, with "None." where there is nothing`);
    },
  },
  {
    name: "names",
    check: async ({ module, start }) => {
      const started = await start();
      const hyphens = module.name.replaceAll("_", "-");
      // A module named my_new_module may shorten itself in paths to my-module.
      const words = new Set(hyphens.split("-"));
      const faults = (started.parts.routes ?? [])
        .filter(({ path }) => !(path.split("/")[1] ?? "").split("-").every((word) => words.has(word)))
        .map((route) => `${shown(route)} does not begin with the module's name: /${hyphens}/...`);
      await started.dispose();
      return faults;
    },
  },
  {
    name: "logging",
    check: async ({ sources, start }) => {
      const faults = [...sources]
        .filter(([, text]) => /\bconsole\.\w+\(/.test(text))
        .map(([file]) => `${file} writes to the console: use the log that initialize is given`);
      const started = await start();
      if (started.log.lines.length === 0)
        faults.push("its start logs nothing: log.info({}, ...) in initialize");
      await started.dispose();
      return faults;
    },
  },
  {
    name: "store and cache away",
    check: async ({ start, module }) => {
      if (module.tables.length === 0) return [];
      const started = await start();
      const before = started.store.fault;
      started.store.fault = AWAY;
      for (const route of plainRoutes(started.parts)) await ask(started, route);
      started.store.fault = before;
      const faults = [...(await healthFaults(started, "healthy again once the store is back"))];
      for (const route of plainRoutes(started.parts)) {
        const answered = await ask(started, route);
        if (typeof answered === "object" && answered.status >= 500) {
          faults.push(`${shown(route)} still fails once the store is back: keep nothing of the failure`);
        }
      }
      await started.dispose();
      return faults;
    },
  },
  {
    name: "input validation",
    check: async ({ start }) => {
      const started = await start();
      const faults: string[] = [];
      for (const route of started.parts.routes ?? []) {
        const names = [...route.path.matchAll(/:([A-Za-z0-9]+)/g)].map(([, name = ""]) => name);
        const shape = route.parameters instanceof z.ZodObject ? Object.keys(route.parameters.shape) : [];
        for (const name of names) {
          if (!shape.includes(name))
            faults.push(`${shown(route)} reads :${name} by no schema: add it to parameters`);
        }
        const isWrite = route.method !== "GET" && route.method !== "DELETE";
        if (isWrite && !route.body) faults.push(`${shown(route)} has no schema for its body: declare body`);
        if (route.body?.safeParse("no object").success) {
          faults.push(`${shown(route)} takes any body: say in its schema what it needs`);
        }
      }
      await started.dispose();
      return faults;
    },
  },
  {
    name: "consistent answers",
    check: async ({ start }) => {
      const started = await start();
      const faults: string[] = [];
      for (const route of plainRoutes(started.parts)) {
        const answered = await ask(started, route);
        if (typeof answered !== "object") continue;
        const { status, body } = answered;
        if (typeof body !== "object" || body === null || Array.isArray(body)) {
          faults.push(`${shown(route)} does not answer with a JSON object: put the data under a name`);
        } else if (status >= 400 && !hasError(answered)) {
          faults.push(`${shown(route)} answers ${status} without a text under "error"`);
        }
      }
      await started.dispose();
      return faults;
    },
  },
];

/** Asks a route; undefined when it threw, which the hall answers for; a sentence when it did not answer as it should. */
async function ask(started: StartedModule, route: Route): Promise<RouteAnswer | string | undefined> {
  const { tokens, signal } = started.context;
  let hasThrown = false;
  try {
    const answered = await withinLimit(
      async () => {
        try {
          return await answerRequest(route, {
            parameters: {},
            query: {},
            body: undefined,
            authorization: undefined,
            tokens,
            log: started.log,
            signal,
          });
        } catch (error) {
          hasThrown = true;
          throw error;
        }
      },
      PATIENCE_MILLISECONDS,
      "too late",
    );
    return z.object({ status: z.int(), body: z.json() }).safeParse(answered).success
      ? answered
      : "returns no answer: use answer(status, body)";
  } catch {
    return hasThrown
      ? undefined
      : `does not answer within ${PATIENCE_MILLISECONDS / 1000} s: set a limit to what it waits for`;
  }
}

async function healthFaults(started: StartedModule, wanted: string): Promise<readonly string[]> {
  try {
    const health = Health.safeParse(
      await withinLimit(() => started.health(), PATIENCE_MILLISECONDS, "too late"),
    );
    if (!health.success) return ["its healthCheck gives no status: healthy, degraded or unhealthy"];
    const isHealthy = health.data.status === "healthy";
    if (wanted === "unhealthy") {
      return isHealthy ? ["it calls itself healthy while its store is away: ask store.isConnected()"] : [];
    }
    return isHealthy ? [] : [`it is ${health.data.status} where it should be ${wanted}`];
  } catch {
    return ["its healthCheck throws or does not end: catch what fails, and say unhealthy"];
  }
}

function hasError({ body }: RouteAnswer): boolean {
  return z.looseObject({ error: z.string().min(1) }).safeParse(body).success;
}

function shown({ method, path }: Route): string {
  return `${method} ${path}`;
}
