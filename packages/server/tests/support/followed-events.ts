import type { ThreadEvent } from "../../src/data/thread-events.ts";

/** How one thread's events tell one action's output, told by who follows them alone. */
export function followed(
  events: readonly ThreadEvent[],
  actionId: string,
): { orders: number[]; ended: number } {
  const orders: number[] = [];
  let ended = 0;
  for (const event of events.filter((one) => one.action_id === actionId)) {
    if (event.action) orders.push(...event.action.response_chunks.map((chunk) => chunk.order));
    if (event.chunk) orders.push(event.chunk.order);
    if (event.type === "action-completed" || event.action?.is_completed) ended += 1;
  }
  return { orders, ended };
}
