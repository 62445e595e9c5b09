import type { Route, RouteAnswer } from "@guildhall/sdk";
import type { StartedModule } from "@guildhall/sdk/testing";
import { z } from "zod";
import { withinLimit } from "../../kernel/within-limit.ts";
import { askRoute, shownRoute, type Asked } from "./asked-route.ts";
import type { Finding } from "./check-messages.ts";
import type { CheckedModule } from "./checked-module.ts";
import { checkTypes, runOwnTests } from "./own-checks.ts";

/** One of the twelve points (requirements S003-28). It holds when it finds nothing but notes. */
export interface ChecklistPoint {
  readonly name: string;
  readonly check: (checked: CheckedModule) => Promise<readonly Finding[]>;
}

const PATIENCE_MILLISECONDS = 5000;
const AWAY = new Error("the store is away, for the check");

const Health = z.looseObject({ status: z.enum(["healthy", "degraded", "unhealthy"]) });

/** The twelve points in their order. */
export const CHECKLIST: readonly ChecklistPoint[] = [
  {
    name: "interface",
    check: async ({ folder, module, start }) => {
      const faults: Finding[] = [...(await checkTypes(folder))];
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
        setAway(started, AWAY);
        faults.push(...(await healthFaults(started, "unhealthy")));
      }
      await started.dispose();
      return faults;
    },
  },
  {
    name: "errors",
    check: async ({ module, start }) => {
      const started = await start();
      const isAway = module.tables.length > 0;
      setAway(started, AWAY);
      const findings: Finding[] = [];
      // Without a store that fails, a route that changes something might truly do so, somewhere outside.
      for (const route of routesOf(started, isAway ? undefined : "GET")) {
        const asked = await askRoute(started, route);
        findings.push(...misbehaviour(route, asked));
        if (asked.kind === "answered" && asked.answer.status >= 400 && !hasError(asked.answer)) {
          findings.push(
            `${shownRoute(route)} fails without a text under "error": answer { success: false, error: "..." }`,
          );
        }
      }
      await started.dispose();
      return findings;
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
    check: async ({ module, start, taken }) => {
      const started = await start();
      const hyphens = module.name.replaceAll("_", "-");
      // A module named my_new_module may shorten itself in paths to my-module.
      const words = new Set(hyphens.split("-"));
      const faults = routesOf(started)
        .filter(({ path }) => !(path.split("/")[1] ?? "").split("-").every((word) => words.has(word)))
        .map((route) => `${shownRoute(route)} does not begin with the module's name: /${hyphens}/...`);
      if (taken.modules.has(module.name)) faults.push(`another module is named "${module.name}": rename one`);
      for (const { name } of started.parts.commands ?? []) {
        const owner = taken.commands.get(name);
        if (owner !== undefined) faults.push(`${owner} has the command "${name}": rename this one`);
      }
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
    // The cache needs no look: one that is away answers as an empty one, whatever a module does.
    check: async ({ start }) => {
      const started = await start();
      setAway(started, AWAY);
      for (const route of routesOf(started, "GET")) await askRoute(started, route);
      setAway(started, undefined);
      const findings: Finding[] = [...(await healthFaults(started, "healthy again once the store is back"))];
      for (const route of routesOf(started, "GET")) {
        const asked = await askRoute(started, route);
        findings.push(...misbehaviour(route, asked));
        if (asked.kind === "threw" || (asked.kind === "answered" && asked.answer.status >= 500)) {
          findings.push(
            `${shownRoute(route)} still fails once the store is back: keep nothing of the failure`,
          );
        }
      }
      await started.dispose();
      return findings;
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
            faults.push(`${shownRoute(route)} reads :${name} by no schema: add it to parameters`);
        }
        const isWrite = route.method !== "GET" && route.method !== "DELETE";
        if (isWrite && !route.body)
          faults.push(`${shownRoute(route)} has no schema for its body: declare body`);
        if (route.body?.safeParse("no object").success) {
          faults.push(`${shownRoute(route)} takes any body: say in its schema what it needs`);
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
      const findings: Finding[] = [];
      for (const route of routesOf(started, "GET")) {
        const asked = await askRoute(started, route);
        findings.push(...misbehaviour(route, asked));
        if (asked.kind !== "answered") continue;
        const { status, body } = asked.answer;
        if (typeof body !== "object" || body === null || Array.isArray(body)) {
          findings.push(`${shownRoute(route)} does not answer with a JSON object: put the data under a name`);
        } else if (status >= 400 && !hasError(asked.answer)) {
          findings.push(`${shownRoute(route)} answers ${status} without a text under "error"`);
        }
      }
      await started.dispose();
      return findings;
    },
  },
];

type Begun = Awaited<ReturnType<CheckedModule["start"]>>;

/** Everything that keeps something fails from now on, or works again. */
function setAway({ store, state, objects }: Begun, fault: Error | undefined): void {
  store.fault = fault;
  state.fault = fault;
  objects.fault = fault;
}

function routesOf({ parts }: Begun, method?: Route["method"]): readonly Route[] {
  return (parts.routes ?? []).filter((route) => method === undefined || route.method === method);
}

function misbehaviour(route: Route, asked: Asked): readonly Finding[] {
  if (asked.kind === "wrong") return [`${shownRoute(route)} ${asked.sentence}`];
  if (asked.kind !== "unknown") return [];
  return [
    {
      note: `${shownRoute(route)} was not asked: give its schemas examples by .meta({ examples: [...] })`,
    },
  ];
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
