import type { Logger, Route } from "@guildhall/sdk";
import createRouter, { type HTTPVersion, type Instance } from "find-my-way";

/** A route with its module. */
export interface MountedRoute {
  readonly route: Route;
  readonly module: string;
  readonly log: Logger;
}

/** A route that cannot be had. */
export class RouteConflictError extends Error {}

/** What the hall serves itself, the pages of its console among it. */
const RESERVED = [
  "api",
  "docs",
  "health",
  "metrics",
  "modules",
  "assets",
  "slack",
  "discord",
  "mcp",
  "public",
  "setup",
  "login",
  "join",
  "new-password",
  "threads",
  "account",
  "settings",
  "services",
  "people",
];

/** The routes of modules, mounted at the root while their module runs. */
export class ModuleRoutes {
  readonly #router: Instance<HTTPVersion.V1> = createRouter({ maxParamLength: 1000 });
  readonly #mounted = new Map<string, MountedRoute>();

  /**
   * Mounts a module's routes, all or none; returns what takes them away.
   *
   * @throws RouteConflictError when another module has one of them, or the hall itself
   */
  mount(routes: readonly Route[], by: { readonly module: string; readonly log: Logger }): () => void {
    const added: string[] = [];
    const undo = () => {
      for (const key of added.splice(0)) {
        const mounted = this.#mounted.get(key);
        this.#mounted.delete(key);
        if (mounted) this.#router.off(mounted.route.method, mounted.route.path);
      }
    };
    try {
      for (const route of routes) {
        const key = `${route.method} ${route.path.replaceAll(/:[A-Za-z0-9]+/g, ":")}`;
        this.#refuseTaken(key, { route, ...by });
        this.#router.on(route.method, route.path, () => undefined, { key });
        this.#mounted.set(key, { route, ...by });
        added.push(key);
      }
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  }

  /** The route that a request means, with the parts of its path. */
  find(
    method: string,
    path: string,
  ):
    | { readonly mounted: MountedRoute; readonly parameters: Readonly<Record<string, string | undefined>> }
    | undefined {
    const known = METHODS.find((one) => one === method);
    if (known === undefined) return undefined;
    const found = this.#router.find(known, path);
    const mounted = found ? this.#mounted.get(String(Reflect.get(Object(found.store), "key"))) : undefined;
    return found && mounted ? { mounted, parameters: found.params } : undefined;
  }

  /** The methods that a path takes. */
  methodsOf(path: string): string[] {
    return METHODS.filter((method) => this.find(method, path) !== undefined);
  }

  /** Every route that is mounted. */
  list(): readonly MountedRoute[] {
    return [...this.#mounted.values()];
  }

  #refuseTaken(key: string, { route, module }: MountedRoute): void {
    const [, first = ""] = route.path.split("/");
    if (RESERVED.includes(first) || first.startsWith(":")) {
      throw new RouteConflictError(
        `module "${module}" wants the route ${route.method} ${route.path}, which the hall keeps for itself: begin it with the module's name`,
      );
    }
    const taken = this.#mounted.get(key);
    if (!taken) return;
    throw new RouteConflictError(
      taken.module === module
        ? `module "${module}" declares the route ${route.method} ${route.path} twice: leave one out`
        : `modules "${taken.module}" and "${module}" both declare the route ${route.method} ${route.path}: rename one, or leave one module out`,
    );
  }
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
