import { outputOf, withChunks, type Output } from "../actions/output.ts";
import type { Action, Thread, ThreadEvent, ThreadSummary } from "../api/schemas.ts";

/** An action without its output, of which the page keeps not everything. */
export type ActionHead = Omit<Action, "response_chunks">;

/** An action at its place in the thread. */
export interface Entry {
  readonly displayOrder: number;
  readonly showQuestion: boolean;
  readonly showAnswer: boolean;
  readonly action: ActionHead;
  readonly output: Output;
  /** Known from the answer to a submission; its event, which settles its place, has not come yet. */
  readonly isProvisional: boolean;
}

/** What the page knows of a thread. */
export interface ThreadView {
  readonly summary: ThreadSummary;
  readonly entries: readonly Entry[];
  readonly hasEarlier: boolean;
  /** The number of the newest event that is in here. */
  readonly seq: number;
  /** How often something happened that cannot be told from what is here, so that the thread must be loaded anew. */
  readonly outdated: number;
}

/** What can happen to the page's knowledge of a thread. */
export type ThreadStep =
  | { readonly kind: "loaded"; readonly thread: Thread }
  | { readonly kind: "earlier"; readonly thread: Thread }
  | { readonly kind: "submitted"; readonly action: Action }
  | { readonly kind: "edited"; readonly change: { title?: string; description?: string } }
  | {
      readonly kind: "changed";
      readonly actionId: string;
      readonly change: { title?: string; showQuestion?: boolean; showAnswer?: boolean };
    }
  | { readonly kind: "removed"; readonly actionId: string }
  | { readonly kind: "role"; readonly role: ThreadSummary["role"] }
  | { readonly kind: "events"; readonly events: readonly ThreadEvent[] };

/** Applies a step. Entries that a step does not concern keep their identity, so that only others are drawn anew. */
export function threadReducer(view: ThreadView | null, step: ThreadStep): ThreadView | null {
  if (step.kind === "loaded") {
    // What was read before an event that is in here already would take it away again.
    if (view && view.seq > step.thread.last_seq) return { ...view, outdated: view.outdated + 1 };
    return loaded(step.thread);
  }
  if (!view) return view;
  switch (step.kind) {
    case "earlier":
      return withEarlier(view, step.thread);
    case "submitted":
      return { ...view, entries: placed(view.entries, { action: step.action, isProvisional: true }) };
    case "edited":
      return { ...view, summary: { ...view.summary, ...step.change } };
    case "changed": {
      const { title, ...parts } = step.change;
      return withEntry(view, step.actionId, (entry) => ({
        ...entry,
        ...parts,
        action: title === undefined ? entry.action : { ...entry.action, title },
      }));
    }
    case "removed":
      return without(view, step.actionId);
    case "role":
      return { ...view, summary: { ...view.summary, role: step.role } };
    case "events":
      return step.events.reduce(applyEvent, view);
  }
}

function loaded(thread: Thread): ThreadView {
  const { thread_actions, has_earlier, ...summary } = thread;
  return {
    summary,
    entries: entriesOf(thread_actions),
    hasEarlier: has_earlier,
    seq: thread.last_seq,
    outdated: 0,
  };
}

function entriesOf(links: Thread["thread_actions"]): Entry[] {
  return links.map((link) => ({
    displayOrder: link.display_order,
    showQuestion: link.show_question,
    showAnswer: link.show_answer,
    ...partsOf(link.action),
    isProvisional: false,
  }));
}

function partsOf({ response_chunks, ...action }: Action): Pick<Entry, "action" | "output"> {
  return { action, output: outputOf({ response_chunks, ...action }) };
}

/** `seq` stays: what the earlier page has of later events is met again, and merged, when they come. */
function withEarlier(view: ThreadView, thread: Thread): ThreadView {
  const present = new Set(view.entries.map(({ action }) => action.id));
  const fresh = entriesOf(thread.thread_actions).filter(({ action }) => !present.has(action.id));
  return { ...view, entries: [...fresh, ...view.entries], hasEarlier: thread.has_earlier };
}

function applyEvent(view: ThreadView, event: ThreadEvent): ThreadView {
  if (event.seq <= view.seq) return view;
  const next = { ...view, seq: event.seq };
  switch (event.type) {
    case "action-added":
      return { ...next, entries: placed(view.entries, { action: event.action, isProvisional: false }) };
    case "action-response-chunk":
      return withEntry(next, event.action_id, ({ action, output, ...entry }) => ({
        ...entry,
        action: action.state === "accepted" ? { ...action, state: "running" } : action,
        output: withChunks(output, [event]),
      }));
    case "action-completed": {
      const { state, error, completed_at } = event;
      return withAction(next, event.action_id, (action) => ({
        ...action,
        state,
        error,
        completed_at,
        is_completed: true,
      }));
    }
    case "action-changed":
      return withAction(next, event.action_id, (action) => ({ ...action, title: event.title }));
    case "thread-changed": {
      const { title = view.summary.title, description = view.summary.description } = event;
      return { ...next, summary: { ...view.summary, title, description } };
    }
    case "thread-action-changed":
      return withEntry(next, event.action_id, (entry) => ({
        ...entry,
        showQuestion: event.show_question ?? entry.showQuestion,
        showAnswer: event.show_answer ?? entry.showAnswer,
      }));
    case "action-removed":
      return without(next, event.action_id);
    case "action-moved":
      return moved(next, event);
    case "member-changed":
      return next;
    case "other":
      return next;
  }
}

/**
 * Puts an action at the end, or merges it with what is known of it. The first event of a provisional entry moves it
 * to the end: only the order of events is the order of the thread.
 */
function placed(
  entries: readonly Entry[],
  { action, isProvisional }: { action: Action; isProvisional: boolean },
): readonly Entry[] {
  const known = entries.find((entry) => entry.action.id === action.id);
  if (!known) {
    const displayOrder = (entries.at(-1)?.displayOrder ?? 0) + 1;
    return [
      ...entries,
      { displayOrder, showQuestion: true, showAnswer: true, ...partsOf(action), isProvisional },
    ];
  }
  const merged = { ...known, ...mergedParts(known, action) };
  if (isProvisional || !known.isProvisional) {
    return entries.map((entry) => (entry === known ? merged : entry));
  }
  const others = entries.filter((entry) => entry !== known);
  const displayOrder = (others.at(-1)?.displayOrder ?? 0) + 1;
  return [...others, { ...merged, displayOrder, isProvisional: false }];
}

/** An ended action stays ended, whatever older knowledge arrives later. */
function mergedParts(known: Entry, arrived: Action): Pick<Entry, "action" | "output"> {
  const { response_chunks, ...action } = arrived;
  return {
    action: known.action.is_completed && !action.is_completed ? known.action : action,
    output: withChunks(known.output, response_chunks),
  };
}

function without(view: ThreadView, actionId: string): ThreadView {
  return { ...view, entries: view.entries.filter(({ action }) => action.id !== actionId) };
}

/** Those between the old place and the new one give way by one. What the page does not know makes it outdated. */
function moved(view: ThreadView, event: Extract<ThreadEvent, { type: "action-moved" }>): ThreadView {
  const { action_id, from_display_order: from, display_order: to } = event;
  const first = view.entries[0]?.displayOrder ?? Number.POSITIVE_INFINITY;
  const known = view.entries.find(({ action }) => action.id === action_id);
  if (!known)
    return view.hasEarlier && Math.max(from, to) < first ? view : { ...view, outdated: view.outdated + 1 };
  const leaves = view.hasEarlier && to < first;
  if (known.displayOrder !== from || leaves) return { ...view, outdated: view.outdated + 1 };
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  const step = to < from ? 1 : -1;
  const entries = view.entries.map((entry) => {
    if (entry === known) return { ...entry, displayOrder: to };
    const gives = entry.displayOrder >= low && entry.displayOrder <= high;
    return gives ? { ...entry, displayOrder: entry.displayOrder + step } : entry;
  });
  return { ...view, entries: entries.toSorted((one, other) => one.displayOrder - other.displayOrder) };
}

function withEntry(view: ThreadView, actionId: string, change: (entry: Entry) => Entry): ThreadView {
  return {
    ...view,
    entries: view.entries.map((entry) => (entry.action.id === actionId ? change(entry) : entry)),
  };
}

function withAction(
  view: ThreadView,
  actionId: string,
  change: (action: ActionHead) => ActionHead,
): ThreadView {
  return withEntry(view, actionId, (entry) => ({ ...entry, action: change(entry.action) }));
}
