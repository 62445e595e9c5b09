import type { JsonValue } from "@guildhall/sdk";
import { z } from "zod";

/** Any JSON value. */
export const Json: z.ZodType<JsonValue> = z.json();
// In place: a copy with an id would still refer to the nameless original inside.
z.globalRegistry.add(Json, { id: "Json" });

const Instant = z.iso.datetime();

/** A problem document (RFC 9457). */
export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("Stable; see the table of error codes"),
    detail: z.string().describe("One sentence for the person who asked"),
  })
  .loose()
  .meta({ id: "Problem" });

/** A user. */
export const UserSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(["person", "operator", "system"]),
    is_active: z.boolean(),
    is_administrator: z.boolean(),
    email: z.string(),
    display_name: z.string(),
    created_at: Instant,
  })
  .meta({ id: "User" });

/** A piece of an action's output. */
export const ChunkSchema = z
  .object({
    order: z.int().min(1),
    mime: z.string(),
    text_content: z.string().optional(),
    binary_url: z.string().optional().describe("Where the bytes are, when it is not text"),
    data: Json.optional().describe("The value of text_content, for JSON types"),
    name: z.string().optional(),
    whole: z
      .object({ url: z.string(), characters: z.int() })
      .optional()
      .describe("Present when text_content is but the end of a very long text: where all of it is"),
    audience: z
      .literal("asker")
      .optional()
      .describe("Present when only the person who ran the action gets it"),
  })
  .meta({ id: "ActionResponseChunk" });

/** A run of a command. */
export const ActionSchema = z
  .object({
    id: z.uuid(),
    user_id: z.uuid(),
    handler_name: z.string(),
    title: z.string(),
    raw_text: z.string(),
    request: Json,
    state: z.enum(["accepted", "running", "completed", "failed", "cancelled"]),
    is_completed: z.boolean().describe("True in the three last states"),
    adapter: z.string(),
    created_at: Instant,
    started_at: Instant.nullable(),
    completed_at: Instant.nullable(),
    error: z.object({ code: z.string(), message: z.string(), reference: z.string().nullable() }).nullable(),
    has_earlier_chunks: z
      .boolean()
      .describe("Whether response_chunks are but the last of many; /actions/{id}/output has them all"),
    response_chunks: z.array(ChunkSchema),
  })
  .meta({ id: "Action" });

/** A thread without its actions. */
export const ThreadSummarySchema = z
  .object({
    id: z.uuid(),
    user_id: z.uuid(),
    created_at: Instant,
    title: z.string(),
    description: z.string(),
    last_seq: z.int().describe("The number of its newest event"),
    role: z.enum(["owner", "writer", "reader"]),
    is_shared: z.boolean().describe("Whether anybody but its owner may see it"),
  })
  .meta({ id: "ThreadSummary" });

/** Who may see a thread. */
export const ThreadMemberSchema = z
  .object({
    user_id: z.uuid(),
    email: z.string(),
    display_name: z.string(),
    role: z.enum(["owner", "writer", "reader"]),
    since: Instant,
  })
  .meta({ id: "ThreadMember" });

/** An action's place in a thread. */
export const ThreadActionSchema = z
  .object({
    id: z.uuid(),
    thread_id: z.uuid(),
    display_order: z.int(),
    show_question: z.boolean(),
    show_answer: z.boolean(),
    action: ActionSchema,
  })
  .meta({ id: "ThreadAction" });

/** A thread with a page of its actions. */
export const ThreadSchema = ThreadSummarySchema.extend({
  has_earlier: z.boolean(),
  thread_actions: z.array(ThreadActionSchema),
}).meta({ id: "Thread" });

const eventOf = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), seq: z.int().min(1), created_at: Instant, ...shape });
const OfAction = { action_id: z.uuid() };

/** What happened in a thread, as its live view sends it. */
export const ThreadEventSchema = z
  .discriminatedUnion("type", [
    eventOf("action-added", {
      ...OfAction,
      action: ActionSchema.optional().describe("Absent when it has left the thread since"),
    }),
    eventOf("action-response-chunk", {
      ...OfAction,
      ...ChunkSchema.partial().shape,
      id: z
        .uuid()
        .optional()
        .describe("Absent, as the rest of the chunk, when its action has left the thread"),
    }),
    eventOf("action-completed", {
      ...OfAction,
      ...ActionSchema.pick({ state: true, error: true, completed_at: true }).shape,
    }),
    eventOf("action-changed", { ...OfAction, title: z.string() }),
    eventOf("thread-changed", { title: z.string(), description: z.string() }),
    eventOf("thread-action-changed", {
      ...OfAction,
      ...ThreadActionSchema.pick({ show_question: true, show_answer: true }).shape,
    }),
    eventOf("action-removed", OfAction),
    eventOf("action-moved", {
      ...OfAction,
      from_display_order: z.int(),
      display_order: z.int().describe("Those between the two each give way by one"),
    }),
    eventOf(
      "member-changed",
      ThreadMemberSchema.pick({ user_id: true, display_name: true, role: true }).shape,
    ),
    eventOf("member-removed", { user_id: z.uuid() }),
  ])
  .meta({ id: "ThreadEvent" });

/** Help in two renderings. */
export const HelpSchema = z
  .object({ help: z.object({ text: z.string(), html: z.string() }) })
  .meta({ id: "Help" });

/** A sign-in. */
export const SignedInSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal("Bearer"),
    expires_in: z.int().describe("Seconds"),
    refresh_token: z.string(),
    user: UserSchema,
  })
  .meta({ id: "SignedIn" });

/** One of one's own sign-ins. */
export const SessionSchema = z
  .object({
    id: z.uuid(),
    user_agent: z.string().describe("What the program that signed in says of itself"),
    created_at: Instant,
    last_used_at: Instant.describe("To within five minutes"),
    expires_at: Instant,
    is_current: z.boolean().describe("Whether this request belongs to it"),
  })
  .meta({ id: "Session" });

/** Somebody who may make an account. */
export const InvitationSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    is_administrator: z.boolean(),
    created_at: Instant,
    expires_at: Instant,
  })
  .meta({ id: "Invitation" });

/** A page of a list: where the next one begins, or null. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** How many of a list are wanted. */
export const Limit = z.coerce.number().int().min(1).max(200).default(50);

const problemResponse = {
  description: "A problem document",
  content: { "application/problem+json": { schema: ProblemDocument } },
};

/** The problem documents that a route may answer with: of its own, and those of every route. */
export const problems = (...statuses: readonly number[]) =>
  Object.fromEntries([...statuses, "default"].map((status) => [status, problemResponse]));

/** What a route's description says when it needs no sign-in. */
export const OPEN_TO_ALL = { security: [] };
