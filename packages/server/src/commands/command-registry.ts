import type { Command } from "@guildhall/sdk";

/** A command or group in its place in the tree. */
export interface RegisteredCommand {
  /** The words that lead to it, such as `["credits", "transfer"]`. */
  readonly path: readonly string[];
  readonly command: Command;
  /** The name of the module that brought it. */
  readonly module: string;
  /** Stands in for a command of a module that does not run: whatever is given to it, it says so. */
  readonly isDegraded?: true;
}

/** How far the words of a line lead into the tree. */
export interface Resolution {
  /** The deepest command or group that the words name; undefined when the first names none. */
  readonly found: RegisteredCommand | undefined;
  /** How many of the words were used. */
  readonly depth: number;
}

/** Two commands of one name in one place; {@link modules} tells whose they are. */
export class DuplicateCommandError extends Error {
  readonly path: readonly string[];
  /** The module that was there first, and the one that was refused. */
  readonly modules: readonly [string, string];

  constructor({ path, modules }: { path: readonly string[]; modules: readonly [string, string] }) {
    const [first, second] = modules;
    const line = path.join(" ");
    super(
      first === second
        ? `module "${first}" declares the command "${line}" twice: rename one of them`
        : `modules "${first}" and "${second}" both declare the command "${line}": rename one, or leave one module out`,
    );
    this.name = "DuplicateCommandError";
    this.path = path;
    this.modules = modules;
  }
}

/** A command has a name that the terminal keeps for itself. */
export class KeptCommandError extends Error {
  override readonly name = "KeptCommandError";
}

interface Node {
  readonly registered: RegisteredCommand;
  readonly children: ReadonlyMap<string, Node>;
}

/**
 * The commands of a hall, as a tree of words. Letter case does not count in a look-up. The cost of a look-up
 * depends on the number of words, not on the number of commands.
 */
export class CommandRegistry {
  readonly #roots = new Map<string, Node>();
  readonly #kept: ReadonlySet<string>;
  #sortedRoots: readonly RegisteredCommand[] | undefined;
  #runnable: readonly RegisteredCommand[] | undefined;

  /** @param options.kept names that no command can have, since a terminal would take them for its own */
  constructor({ kept = [] }: { readonly kept?: readonly string[] } = {}) {
    this.#kept = new Set(kept);
  }

  /**
   * Adds a command with its sub-commands for a module. The function it returns takes the command out again, and
   * may be called more than once.
   *
   * @throws DuplicateCommandError when the name is taken, or two sub-commands share one, KeptCommandError; nothing is
   *   added then.
   */
  add(
    command: Command,
    { module, isDegraded }: { readonly module: string; readonly isDegraded?: true },
  ): () => void {
    if (this.#kept.has(command.name)) {
      throw new KeptCommandError(
        `module "${module}" declares the command "${command.name}", which the terminal keeps for itself: rename it`,
      );
    }
    const taken = this.#roots.get(command.name);
    if (taken) {
      throw new DuplicateCommandError({
        path: [command.name],
        modules: [taken.registered.module, module],
      });
    }
    const made = makeNode({ command, module, path: [command.name] });
    const node = isDegraded ? { ...made, registered: { ...made.registered, isDegraded } } : made;
    this.#roots.set(command.name, node);
    this.#forgetLists();
    return () => {
      if (this.#roots.get(command.name) !== node) return;
      this.#roots.delete(command.name);
      this.#forgetLists();
    };
  }

  /** The command or group at exactly this path. */
  find(path: readonly string[]): RegisteredCommand | undefined {
    return this.#node(path)?.registered;
  }

  /** Every command that can be run, groups that can be run themselves included, sorted by path. */
  list(): readonly RegisteredCommand[] {
    this.#runnable ??= [...this.#roots.values()].flatMap(runnableBelow).toSorted(byPath);
    return this.#runnable;
  }

  /** The commands and groups directly below a path, sorted by name; those of the top level for `[]`. */
  children(path: readonly string[]): readonly RegisteredCommand[] {
    if (path.length === 0) {
      this.#sortedRoots ??= sortedCommands(this.#roots);
      return this.#sortedRoots;
    }
    const node = this.#node(path);
    return node ? sortedCommands(node.children) : [];
  }

  /** Follows the words as deep as they name commands; the words after that are arguments, or mistakes. */
  resolve(words: readonly string[]): Resolution {
    let children: ReadonlyMap<string, Node> = this.#roots;
    let found: RegisteredCommand | undefined;
    let depth = 0;
    for (const word of words) {
      const node = children.get(word.toLowerCase());
      if (!node) break;
      found = node.registered;
      children = node.children;
      depth += 1;
    }
    return { found, depth };
  }

  #node(path: readonly string[]): Node | undefined {
    let children: ReadonlyMap<string, Node> = this.#roots;
    let node: Node | undefined;
    for (const word of path) {
      node = children.get(word.toLowerCase());
      if (!node) return undefined;
      children = node.children;
    }
    return node;
  }

  #forgetLists(): void {
    this.#sortedRoots = undefined;
    this.#runnable = undefined;
  }
}

function makeNode({
  command,
  module,
  path,
}: {
  command: Command;
  module: string;
  path: readonly string[];
}): Node {
  const children = new Map<string, Node>();
  for (const child of command.commands) {
    const childPath = [...path, child.name];
    if (children.has(child.name)) {
      throw new DuplicateCommandError({ path: childPath, modules: [module, module] });
    }
    children.set(child.name, makeNode({ command: child, module, path: childPath }));
  }
  return { registered: { path, command, module }, children };
}

function runnableBelow(node: Node): RegisteredCommand[] {
  const own = node.registered.command.run ? [node.registered] : [];
  return [...own, ...[...node.children.values()].flatMap(runnableBelow)];
}

function sortedCommands(nodes: ReadonlyMap<string, Node>): RegisteredCommand[] {
  return [...nodes.values()].map((node) => node.registered).toSorted(byPath);
}

function byPath(one: RegisteredCommand, other: RegisteredCommand): number {
  const left = one.path.join(" ");
  const right = other.path.join(" ");
  return left < right ? -1 : left > right ? 1 : 0;
}
