import { describe, expect, it } from "vitest";
import { parseThreadEvent, type Action, type Chunk, type Thread, type ThreadEvent } from "../api/schemas.ts";
import { threadReducer, type ThreadStep, type ThreadView } from "./thread-reducer.ts";

const AT = "2026-01-02T03:04:05.000Z";

function chunk(order: number, text = `chunk ${order}`): Chunk {
  return { order, mime: "text/plain", text_content: text };
}

function action(id: string, change: Partial<Action> = {}): Action {
  return {
    id,
    user_id: "u",
    handler_name: "say",
    title: "",
    raw_text: `say ${id}`,
    request: {},
    state: "accepted",
    is_completed: false,
    adapter: "console",
    created_at: AT,
    started_at: null,
    completed_at: null,
    error: null,
    has_earlier_chunks: false,
    response_chunks: [],
    ...change,
  };
}

function thread(actions: readonly Action[], change: Partial<Thread> = {}): Thread {
  return {
    id: "t",
    user_id: "u",
    created_at: AT,
    title: "no title",
    description: "",
    last_seq: 10,
    role: "owner",
    is_shared: false,
    has_earlier: false,
    thread_actions: actions.map((each, index) => ({
      id: `link-${each.id}`,
      thread_id: "t",
      display_order: index + 1,
      show_question: true,
      show_answer: true,
      action: each,
    })),
    ...change,
  };
}

function view(actions: readonly Action[], change: Partial<Thread> = {}): ThreadView {
  const made = threadReducer(null, { kind: "loaded", thread: thread(actions, change) });
  if (!made) throw new Error("A loaded thread makes a view");
  return made;
}

function after(start: ThreadView, ...steps: readonly ThreadStep[]): ThreadView {
  const end = steps.reduce<ThreadView | null>(threadReducer, start);
  if (!end) throw new Error("A view stays a view");
  return end;
}

function events(...list: readonly ThreadEvent[]): ThreadStep {
  return { kind: "events", events: list };
}

function chunkEvent(seq: number, actionId: string, order: number): ThreadEvent {
  return { type: "action-response-chunk", seq, action_id: actionId, ...chunk(order) };
}

function orders(of: ThreadView, index = 0): number[] | undefined {
  const output = of.entries[index]?.output;
  return output && [...output.head, ...output.tail].map(({ order }) => order);
}

function ids(of: ThreadView): string[] {
  return of.entries.map((entry) => entry.action.id);
}

describe("threadReducer", () => {
  it("knows nothing before the thread is loaded", () => {
    expect(threadReducer(null, events({ type: "other", seq: 1 }))).toBeNull();
  });

  it("ignores events that the loaded page already has, and advances by those it does not know", () => {
    const start = view([action("a", { response_chunks: [chunk(1)] })]);
    const end = after(
      start,
      events(chunkEvent(10, "a", 1), { type: "other", seq: 11 }, chunkEvent(12, "a", 2)),
    );
    expect(orders(end)).toEqual([1, 2]);
    expect(end.seq).toBe(12);
  });

  it("takes each chunk once, also when events are repeated after a reconnect", () => {
    const start = view([action("a")]);
    const end = after(
      start,
      events(chunkEvent(11, "a", 1), chunkEvent(12, "a", 2)),
      events(chunkEvent(11, "a", 1), chunkEvent(12, "a", 2), chunkEvent(13, "a", 3)),
    );
    expect(orders(end)).toEqual([1, 2, 3]);
    expect(end.entries[0]?.action.state).toBe("running");
  });

  it("merges the answer to a submission with the events of the same action", () => {
    const complete = action("a", {
      state: "completed",
      is_completed: true,
      response_chunks: [chunk(1), chunk(2)],
    });
    const end = after(
      view([]),
      { kind: "submitted", action: complete },
      events(
        { type: "action-added", seq: 11, action: action("a") },
        chunkEvent(12, "a", 1),
        chunkEvent(13, "a", 2),
      ),
    );
    expect(ids(end)).toEqual(["a"]);
    expect(orders(end)).toEqual([1, 2]);
    expect(end.entries[0]?.action.state).toBe("completed");
  });

  it("orders entries by their events, not by which answer came first", () => {
    const end = after(
      view([action("a")]),
      { kind: "submitted", action: action("mine") },
      events({ type: "action-added", seq: 11, action: action("theirs") }),
      events({ type: "action-added", seq: 12, action: action("mine") }),
    );
    expect(ids(end)).toEqual(["a", "theirs", "mine"]);
    expect(end.entries.every(({ isProvisional }) => !isProvisional)).toBe(true);
  });

  it("lets an older answer change nothing of what the events told", () => {
    const start = view([action("a", { state: "running" })]);
    const told = after(start, events(chunkEvent(11, "a", 1), chunkEvent(12, "a", 2), chunkEvent(13, "a", 3)));
    const end = after(told, {
      kind: "submitted",
      action: action("a", { response_chunks: [chunk(1), chunk(2)] }),
    });
    expect(orders(end)).toEqual([1, 2, 3]);
  });

  it("ends an action with its error, and keeps the identity of the others", () => {
    const start = view([action("a"), action("b")]);
    const error = { code: "failed", message: "No such dice", reference: null };
    const end = after(
      start,
      events({ type: "action-completed", seq: 11, action_id: "b", state: "failed", error, completed_at: AT }),
    );
    expect(end.entries[1]?.action).toMatchObject({ state: "failed", is_completed: true, error });
    expect(end.entries[0]).toBe(start.entries[0]);
  });

  it("patches only what a change names, and takes an empty string as a value", () => {
    const start = view([action("a")], { title: "Old", description: "Kept" });
    const renamed = after(start, events({ type: "thread-changed", seq: 11, title: "New" }));
    expect(renamed.summary).toMatchObject({ title: "New", description: "Kept" });
    const emptied = after(renamed, events({ type: "thread-changed", seq: 12, description: "" }));
    expect(emptied.summary).toMatchObject({ title: "New", description: "" });
    const hidden = after(
      emptied,
      events({ type: "thread-action-changed", seq: 13, action_id: "a", show_answer: false }),
    );
    expect(hidden.entries[0]).toMatchObject({ showQuestion: true, showAnswer: false });
  });

  it("puts an earlier page in front, without what is there already", () => {
    const start = view([action("c"), action("d")], { has_earlier: true });
    const end = after(start, {
      kind: "earlier",
      thread: thread([action("a"), action("b"), action("c")], { last_seq: 99 }),
    });
    expect(ids(end)).toEqual(["a", "b", "c", "d"]);
    expect(end.hasEarlier).toBe(false);
    expect(end.seq).toBe(10);
  });

  it("removes an action, and ignores what still arrives for it", () => {
    const end = after(
      view([action("a"), action("b")]),
      events({ type: "action-removed", seq: 11, action_id: "a" }, chunkEvent(12, "a", 1)),
    );
    expect(ids(end)).toEqual(["b"]);
    expect(end.seq).toBe(12);
  });
});

describe("parseThreadEvent", () => {
  it("keeps the number of an event that lost its content or has an unknown type", () => {
    const at = { created_at: AT };
    expect(parseThreadEvent(JSON.stringify({ seq: 4, type: "action-added", ...at }))).toEqual({
      type: "other",
      seq: 4,
    });
    expect(parseThreadEvent(JSON.stringify({ seq: 5, type: "members-changed", ...at }))).toEqual({
      type: "other",
      seq: 5,
    });
    expect(parseThreadEvent("not JSON")).toBeUndefined();
    expect(parseThreadEvent("[]")).toBeUndefined();
  });
});
