import type { JsonValue } from "@guildhall/sdk";
import type {
  Action,
  ActionResponseChunk,
  Thread,
  ThreadAction,
  ThreadSummary,
  User,
} from "../data/models.ts";
import type { ThreadEvent } from "../data/thread-events.ts";

/** A chunk on the wire: text in place, bytes behind a path, JSON also parsed. */
export interface ChunkDocument {
  readonly order: number;
  readonly mime: string;
  readonly text_content?: string;
  readonly binary_url?: string;
  readonly data?: JsonValue;
  readonly name?: string;
}

/** The wire form of a chunk. */
export function chunkDocument(chunk: ActionResponseChunk): ChunkDocument {
  const { order, mime, text_content } = chunk;
  return {
    order,
    mime,
    ...(text_content === null
      ? { binary_url: `/api/v1/actions/${chunk.action_id}/chunks/${order}` }
      : { text_content, ...parsedJson(mime, text_content) }),
    ...(chunk.name === null ? {} : { name: chunk.name }),
  };
}

function parsedJson(mime: string, content: string): { data?: JsonValue } {
  if (mime !== "application/json" && !mime.endsWith("+json")) return {};
  try {
    const data: JsonValue = JSON.parse(content);
    return { data };
  } catch {
    // A holder outside may send what is not JSON under a JSON type: it is then shown as the text it is.
    return {};
  }
}

/** The wire form of an action with its output. */
export function actionDocument(action: Action) {
  return {
    id: action.id,
    user_id: action.user_id,
    handler_name: action.handler_name,
    title: action.title,
    raw_text: action.raw_text,
    request: action.request,
    state: action.state,
    is_completed: action.is_completed,
    adapter: action.adapter,
    created_at: action.created_at.toISOString(),
    started_at: action.started_at?.toISOString() ?? null,
    completed_at: action.completed_at?.toISOString() ?? null,
    error: action.error,
    response_chunks: action.response_chunks.map(chunkDocument),
  };
}

/** The wire form of a user. */
export function userDocument(user: User) {
  return { ...user, created_at: user.created_at.toISOString() };
}

/** The wire form of a thread without its actions. */
export function threadSummaryDocument(thread: ThreadSummary) {
  const { id, user_id, created_at, title, description, last_seq, role } = thread;
  return { id, user_id, created_at: created_at.toISOString(), title, description, last_seq, role };
}

/** The wire form of an action's place in a thread. */
export function threadActionDocument(link: ThreadAction) {
  const { id, thread_id, display_order, show_question, show_answer, action } = link;
  return { id, thread_id, display_order, show_question, show_answer, action: actionDocument(action) };
}

/** The wire form of a thread with a run of its actions. */
export function threadDocument(thread: Thread) {
  return {
    ...threadSummaryDocument(thread),
    has_earlier: thread.has_earlier,
    thread_actions: thread.thread_actions.map(threadActionDocument),
  };
}

/** The wire form of an event: the kind's own fields beside `seq`, `type` and `action_id`. */
export function eventDocument(event: ThreadEvent) {
  const { seq, type, action_id } = event;
  const payload = typeof event.payload === "object" && event.payload !== null ? event.payload : {};
  return {
    seq,
    type,
    ...(action_id === null ? {} : { action_id }),
    created_at: event.created_at.toISOString(),
    ...(event.chunk ? { id: event.chunk.id, ...chunkDocument(event.chunk) } : {}),
    ...(event.action ? { action: actionDocument(event.action) } : {}),
    // oxlint-disable-next-line typescript/no-misused-spread -- the payload of every event is an object
    ...(type === "action-added" ? {} : payload),
  };
}
