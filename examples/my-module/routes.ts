import { answer, defineRoute, type Logger, type Route, type RouteAnswer } from "@guildhall/sdk";
import { NewItem, type Items } from "./items.ts";

/** The module's routes. */
export function routes(parts: {
  readonly items: Items;
  readonly startedAt: Date;
  readonly dependencies: readonly string[];
}): Route[] {
  const { items, startedAt, dependencies } = parts;
  return [
    defineRoute({
      method: "GET",
      path: "/my-module/info",
      summary: "What this module is, and since when it runs",
      handle: () =>
        answer(200, {
          module: "my_new_module",
          status: "active",
          initialized_at: startedAt.toISOString(),
          dependencies: [...dependencies],
        }),
    }),
    defineRoute({
      method: "GET",
      path: "/my-module/data",
      summary: "The newest items",
      handle: ({ log }) =>
        orFailure(log, async () => {
          const data = await items.list();
          return answer(200, { success: true, data, count: data.length });
        }),
    }),
    defineRoute({
      method: "POST",
      path: "/my-module/data",
      summary: "Keep an item",
      body: NewItem,
      handle: ({ body, log }) =>
        orFailure(log, async () => {
          const id = await items.create(body);
          return answer(200, { success: true, id, message: "Data created successfully" });
        }),
    }),
    defineRoute({
      method: "GET",
      path: "/my-module/protected",
      summary: "Greet whoever is signed in",
      requireAuth: true,
      handle: ({ user }) => answer(200, { message: `Hello user ${user.id}` }),
    }),
  ];
}

/** A fault is logged whole and answered in a word: what went wrong inside is nobody else's business. */
async function orFailure(log: Logger, work: () => Promise<RouteAnswer>): Promise<RouteAnswer> {
  try {
    return await work();
  } catch (error) {
    log.error({ err: error instanceof Error ? error : String(error) }, "the items could not be reached");
    return answer(500, { success: false, error: "The items could not be reached; try again soon" });
  }
}
