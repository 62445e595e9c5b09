import type { JsonValue } from "@guildhall/sdk";
import type {
  Action,
  ActionResponseChunk,
  Invitation,
  Session,
  Thread,
  ThreadAction,
  ThreadMember,
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
  /** Present when only the person who ran the action gets it. */
  readonly audience?: "asker";
}

/** Of an action's output, the wire carries so many chunks, the last ones. */
const SHOWN_CHUNKS = 1000;
/** How many chunks to read so that it shows whether there are more than are shown. */
export const READ_CHUNKS = SHOWN_CHUNKS + 1;
/** Of a longer text, the wire carries so many characters, the last ones. */
const SHOWN_CHARACTERS = 1_000_000;

/** The wire form of a chunk, of a very long text only the end: the whole is behind the path that `whole` names. */
function shownChunkDocument(chunk: ActionResponseChunk) {
  const length = chunk.text_content?.length ?? 0;
  if (length <= SHOWN_CHARACTERS) return chunkDocument(chunk);
  return {
    ...chunkFacts(chunk),
    text_content: chunk.text_content?.slice(-SHOWN_CHARACTERS).toWellFormed() ?? "",
    whole: { url: chunkUrl(chunk), characters: length },
  };
}

const chunkUrl = ({ action_id, order }: ActionResponseChunk) =>
  `/api/v1/actions/${action_id}/chunks/${order}`;

/** The wire form of a chunk, all of it. */
export function chunkDocument(chunk: ActionResponseChunk): ChunkDocument {
  const { mime, text_content } = chunk;
  return {
    ...chunkFacts(chunk),
    ...(text_content === null
      ? { binary_url: chunkUrl(chunk) }
      : { text_content, ...parsedJson(mime, text_content) }),
  };
}

function chunkFacts({ order, mime, name, audience }: ActionResponseChunk) {
  return {
    order,
    mime,
    ...(name === null ? {} : { name }),
    ...(audience === "asker" ? { audience } : {}),
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

/** The wire form of an action with the end of its output. */
export function actionDocument(action: Action) {
  return {
    ...actionFacts(action),
    has_earlier_chunks: action.response_chunks.length > SHOWN_CHUNKS,
    response_chunks: action.response_chunks.slice(-SHOWN_CHUNKS).map(shownChunkDocument),
  };
}

/** The wire form of an action with all of its output. */
export function wholeActionDocument(action: Action) {
  return {
    ...actionFacts(action),
    has_earlier_chunks: false,
    response_chunks: action.response_chunks.map(chunkDocument),
  };
}

function actionFacts(action: Action) {
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
  };
}

/** The wire form of a user. */
export function userDocument(user: User) {
  return { ...user, created_at: user.created_at.toISOString() };
}

/** The wire form of a sign-in. */
export function sessionDocument(session: Session, is_current: boolean) {
  return {
    id: session.id,
    user_agent: session.user_agent,
    created_at: session.created_at.toISOString(),
    last_used_at: session.last_used_at.toISOString(),
    expires_at: session.expires_at.toISOString(),
    is_current,
  };
}

/** The wire form of an invitation. */
export function invitationDocument(invitation: Invitation) {
  return {
    ...invitation,
    created_at: invitation.created_at.toISOString(),
    expires_at: invitation.expires_at.toISOString(),
  };
}

/** The wire form of a thread without its actions. */
export function threadSummaryDocument(thread: ThreadSummary) {
  const { id, user_id, created_at, title, description, last_seq, role, is_shared } = thread;
  return { id, user_id, created_at: created_at.toISOString(), title, description, last_seq, role, is_shared };
}

/** The wire form of somebody who may see a thread. */
export function threadMemberDocument(member: ThreadMember) {
  return { ...member, since: member.since.toISOString() };
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
    ...(event.chunk ? { id: event.chunk.id, ...shownChunkDocument(event.chunk) } : {}),
    ...(event.action ? { action: actionDocument(event.action) } : {}),
    // oxlint-disable-next-line typescript/no-misused-spread -- the payload of every event is an object
    ...(type === "action-added" ? {} : payload),
  };
}
