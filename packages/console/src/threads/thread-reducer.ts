import type { Action, Chunk, Thread, ThreadEvent, ThreadSummary } from "../api/schemas.ts";

/** An action at its place in the thread. */
export interface Entry {
  readonly displayOrder: number;
  readonly showQuestion: boolean;
  readonly showAnswer: boolean;
  readonly action: Action;
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
}

/** What can happen to the page's knowledge of a thread. */
export type ThreadStep =
  | { readonly kind: "loaded"; readonly thread: Thread }
  | { readonly kind: "earlier"; readonly thread: Thread }
  | { readonly kind: "submitted"; readonly action: Action }
  | { readonly kind: "edited"; readonly change: { title?: string; description?: string } }
  | { readonly kind: "events"; readonly events: readonly ThreadEvent[] };

/** Applies a step. Entries that a step does not concern keep their identity, so that only others are drawn anew. */
export function threadReducer(view: ThreadView | null, step: ThreadStep): ThreadView | null {
  if (step.kind === "loaded") return loaded(step.thread);
  if (!view) return view;
  switch (step.kind) {
    case "earlier":
      return withEarlier(view, step.thread);
    case "submitted":
      return { ...view, entries: placed(view.entries, { action: step.action, isProvisional: true }) };
    case "edited":
      return { ...view, summary: { ...view.summary, ...step.change } };
    case "events":
      return step.events.reduce(applyEvent, view);
  }
}

function loaded(thread: Thread): ThreadView {
  const { thread_actions, has_earlier, ...summary } = thread;
  return { summary, entries: entriesOf(thread_actions), hasEarlier: has_earlier, seq: thread.last_seq };
}

function entriesOf(links: Thread["thread_actions"]): Entry[] {
  return links.map((link) => ({
    displayOrder: link.display_order,
    showQuestion: link.show_question,
    showAnswer: link.show_answer,
    action: link.action,
    isProvisional: false,
  }));
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
      return withAction(next, event.action_id, (action) => ({
        ...action,
        state: action.state === "accepted" ? "running" : action.state,
        response_chunks: mergedChunks(action.response_chunks, [chunkOf(event)]),
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
      return { ...next, entries: view.entries.filter(({ action }) => action.id !== event.action_id) };
    case "other":
      return next;
  }
}

function chunkOf(event: Extract<ThreadEvent, { type: "action-response-chunk" }>): Chunk {
  const { order, mime, text_content, binary_url, data, name } = event;
  return { order, mime, text_content, binary_url, data, name };
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
    return [...entries, { displayOrder, showQuestion: true, showAnswer: true, action, isProvisional }];
  }
  const merged = { ...known, action: mergedActions(known.action, action) };
  if (isProvisional || !known.isProvisional) {
    return entries.map((entry) => (entry === known ? merged : entry));
  }
  const others = entries.filter((entry) => entry !== known);
  const displayOrder = (others.at(-1)?.displayOrder ?? 0) + 1;
  return [...others, { ...merged, displayOrder, isProvisional: false }];
}

/** An ended action stays ended, whatever older knowledge arrives later. */
function mergedActions(known: Action, arrived: Action): Action {
  const leading = known.is_completed && !arrived.is_completed ? known : arrived;
  return { ...leading, response_chunks: mergedChunks(known.response_chunks, arrived.response_chunks) };
}

function mergedChunks(known: readonly Chunk[], arrived: readonly Chunk[]): Chunk[] {
  const orders = new Set(known.map(({ order }) => order));
  const fresh = arrived.filter(({ order }) => !orders.has(order));
  const chunks = [...known, ...fresh];
  const last = known.at(-1)?.order ?? 0;
  const inOrder = fresh.every(({ order }, index) => order > (fresh[index - 1]?.order ?? last));
  return inOrder ? chunks : chunks.toSorted((one, other) => one.order - other.order);
}

function withEntry(view: ThreadView, actionId: string, change: (entry: Entry) => Entry): ThreadView {
  return {
    ...view,
    entries: view.entries.map((entry) => (entry.action.id === actionId ? change(entry) : entry)),
  };
}

function withAction(view: ThreadView, actionId: string, change: (action: Action) => Action): ThreadView {
  return withEntry(view, actionId, (entry) => ({ ...entry, action: change(entry.action) }));
}
