import fc from "fast-check";
import { sql } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import { ThreadSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { openSocket } from "./support/live-view.ts";
import { newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

describe.each(stores())("the order of actions in a thread on the $name store", (store) => {
  const { served } = useServedHall(store);
  let person: SignedInPerson;
  beforeAll(async () => {
    person = await served().join();
  });

  /** A thread of so many actions, of which the second is taken out again, so that the orders have a gap. */
  async function threadOf(count: number): Promise<{ place: string; id: string; ids: string[] }> {
    const id = await newThread(person.api);
    const place = `/api/v1/threads/${id}`;
    for (let made = 0; made <= count; made += 1) {
      await person.api.post(`${place}/actions`, { raw_text: "ping" });
    }
    const [first = "", second = "", ...others] = await order(place);
    await person.api.delete(`${place}/actions/${second}`);
    return { place, id, ids: [first, ...others] };
  }

  const entries = async (place: string) =>
    bodyOf(await person.api.get(place), 200, ThreadSchema).thread_actions.map((link) => ({
      id: link.action.id,
      order: link.display_order,
    }));
  const order = async (place: string) => (await entries(place)).map(({ id }) => id);
  const move = async (place: string, id: string, to: object) =>
    await person.api.post(`${place}/actions/${id}/move`, to);

  it("moves an action past its neighbour among many, and at the edge changes nothing", async () => {
    const { place, ids } = await threadOf(5);
    const [a = "", b = "", c = "", d = "", e = ""] = ids;
    expect((await move(place, c, { direction: "up" })).status).toBe(200);
    expect(await order(place)).toEqual([a, c, b, d, e]);
    await move(place, c, { direction: "down" });
    await move(place, c, { direction: "down" });
    expect(await order(place)).toEqual([a, b, d, c, e]);
    await move(place, a, { direction: "up" });
    await move(place, e, { direction: "down" });
    expect(await order(place)).toEqual([a, b, d, c, e]);
  });

  it("moves an action to any place, and every live view can follow", async () => {
    const { place, id, ids } = await threadOf(6);
    const before = await entries(place);
    const { last_seq } = bodyOf(await person.api.get(place), 200, ThreadSchema);
    const headers = { authorization: `Bearer ${person.token}` };
    const view = await openSocket({ origin: served().origin, threadId: id, after: last_seq, headers });
    let seen = before;
    let events = 0;
    const step = fc.record({
      moved: fc.nat({ max: ids.length - 1 }),
      other: fc.nat({ max: ids.length - 1 }),
      side: fc.constantFrom("before", "after"),
    });
    for (const { moved, other, side } of fc.sample(step, { numRuns: 40, seed: 1 })) {
      const [from = "", to = ""] = [ids[moved], ids[other]];
      const known = seen.map((entry) => entry.id);
      expect((await move(place, from, { [side]: to })).status).toBe(200);
      const stored = await entries(place);
      const expected = known.filter((each) => each !== from || from === to);
      if (from !== to) expected.splice(expected.indexOf(to) + (side === "after" ? 1 : 0), 0, from);
      expect(stored.map((entry) => entry.id)).toEqual(expected);
      if (stored.some((entry, index) => entry.id !== known[index])) {
        events += 1;
        await view.until(events);
        const event = view.events[events - 1] ?? {};
        const [old, now] = [
          Number(Reflect.get(event, "from_display_order")),
          Number(Reflect.get(event, "display_order")),
        ];
        seen = seen
          .map((entry) => {
            if (entry.id === from) return { ...entry, order: now };
            const passes = entry.order >= Math.min(old, now) && entry.order <= Math.max(old, now);
            return passes ? { ...entry, order: entry.order + Math.sign(old - now) } : entry;
          })
          .toSorted((one, two) => one.order - two.order);
      }
      expect(seen).toEqual(stored);
    }
    expect(events).toBeGreaterThan(10);
    view.close();
  });

  it("refuses what is not there, is not in the thread, or is too far away", async () => {
    const { place, id, ids } = await threadOf(3);
    const [first = "", , last = ""] = ids;
    const elsewhere = await threadOf(1);
    expectProblem(await move(place, first, { before: elsewhere.ids[0] }), "not_found");
    expectProblem(await move(place, elsewhere.ids[0] ?? "", { direction: "up" }), "not_found");
    expectProblem(await move(place, first, { before: last, after: last }), "body_invalid");
    expectProblem(await move(place, first, {}), "body_invalid");
    const stranger = await served().join();
    expectProblem(await stranger.api.post(`${place}/actions/${first}/move`, { after: last }), "not_found");

    await sql`insert into actions.actions (id, user_id, handler_name, created_at, title, request, raw_text)
      select gen_random_uuid(), ${person.user.id}, 'ping', now(), 'many', '{}', 'ping'
      from generate_series(1, 10001)`.execute(served().hall.database.queries);
    await sql`insert into threads.thread_actions (id, thread_id, action_id, display_order)
      select gen_random_uuid(), ${id}, id, 4 + row_number() over () from actions.actions where title = 'many'
      and user_id = ${person.user.id}`.execute(served().hall.database.queries);
    const [newest] = (await order(`${place}?limit=1`)).slice(-1);
    expectProblem(await move(place, newest ?? "", { before: first }), "move_too_far");
  });
});
