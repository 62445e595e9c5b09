import * as z from "zod/mini";
import type { components, paths } from "./generated/hall-api.ts";

// Without this, zod tries `new Function`, which the hall's content security policy refuses and reports.
z.config({ jitless: true });

type Schemas = components["schemas"];

/** The person who is signed in. */
export type User = Schemas["User"];
/** A piece of an action's output: text in place, bytes behind a path, JSON also parsed. */
export type Chunk = Schemas["ActionResponseChunk"];
/** A run of a command with its output so far. */
export type Action = Schemas["Action"];
/** How far an action has come. */
export type ActionState = Action["state"];
/** A thread without its actions. `role` is what the person may do with it. */
export type ThreadSummary = Schemas["ThreadSummary"];
/** A thread with a page of its actions in display order. */
export type Thread = Schemas["Thread"];
/** Somebody who may see a thread. */
export type ThreadMember = Schemas["ThreadMember"];
/** One of one's own sign-ins. */
export type Session = Schemas["Session"];
/** Somebody who may make an account. */
export type Invitation = Schemas["Invitation"];
/** What one can choose for a module, and has chosen. */
export type OfferedSettings = Schemas["OfferedSettings"];
/** A module of the hall with its state, health and settings. */
export type HallModule = Schemas["Module"];
/** Something the hall does by itself, with its newest run. */
export type HallService = Schemas["Service"];
/** One run of a service. */
export type ServiceRun = Schemas["ServiceRun"];
/** How far the hall is set up on a chat platform. */
export type ChatSetUp = Schemas["ChatSetUp"];
/** An object in JSON. */
export type JsonRecord = Record<string, Schemas["Json"]>;
/** Usage of a command in two renderings. */
export type Help = Schemas["Help"]["help"];
/** What may stand at the cursor, and the part of the line it replaces. */
export type Completion =
  paths["/api/v1/commands/complete"]["get"]["responses"]["200"]["content"]["application/json"];

const Help = z.object({ text: z.string(), html: z.string() });

/** What a line asks before it runs; with the answers between its two parts it is whole. */
const Asked = z.object({
  before: z.string(),
  after: z.string(),
  questions: z.array(
    z.object({
      label: z.string(),
      default_value: z.nullable(z.string()),
      choices: z.nullable(z.array(z.string())),
    }),
  ),
});
export type Asked = z.infer<typeof Asked>;

/** A problem document (RFC 9457) with what the hall adds to it. */
export const Problem = z.object({
  title: z.optional(z.string()),
  detail: z.optional(z.string()),
  code: z.optional(z.string()),
  help: z.optional(Help),
  error: z.optional(z.object({ asked: z.optional(Asked) })),
  errors: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
});

const Chunk = z.object({
  order: z.number(),
  mime: z.string(),
  text_content: z.exactOptional(z.string()),
  binary_url: z.exactOptional(z.string()),
  data: z.exactOptional(z.unknown()),
  name: z.exactOptional(z.string()),
  whole: z.exactOptional(z.object({ url: z.string(), characters: z.number() })),
});
const ActionState = z.enum(["accepted", "running", "completed", "failed", "cancelled"]);
const ActionError = z.nullable(
  z.object({ code: z.string(), message: z.string(), reference: z.nullable(z.string()) }),
);
const Action: z.ZodMiniType<Schemas["Action"]> = z.object({
  id: z.string(),
  user_id: z.string(),
  handler_name: z.string(),
  title: z.string(),
  raw_text: z.string(),
  request: z.unknown(),
  state: ActionState,
  is_completed: z.boolean(),
  adapter: z.string(),
  created_at: z.string(),
  started_at: z.nullable(z.string()),
  completed_at: z.nullable(z.string()),
  error: ActionError,
  has_earlier_chunks: z.boolean(),
  response_chunks: z.array(Chunk),
});

const envelope = z.object({ seq: z.number(), type: z.string() });
const eventOf = <Type extends Schemas["ThreadEvent"]["type"], Shape extends z.core.$ZodShape>(
  type: Type,
  shape: Shape,
) => z.object({ type: z.literal(type), seq: z.number(), ...shape });
const ofAction = { action_id: z.string() };
const knownEvent = z.discriminatedUnion("type", [
  eventOf("action-added", { action: Action }),
  eventOf("action-response-chunk", { ...ofAction, ...Chunk.shape }),
  eventOf("action-completed", {
    ...ofAction,
    state: ActionState,
    error: ActionError,
    completed_at: z.nullable(z.string()),
  }),
  eventOf("action-changed", { ...ofAction, title: z.string() }),
  eventOf("thread-changed", { title: z.optional(z.string()), description: z.optional(z.string()) }),
  eventOf("thread-action-changed", {
    ...ofAction,
    show_question: z.optional(z.boolean()),
    show_answer: z.optional(z.boolean()),
  }),
  eventOf("action-removed", ofAction),
  eventOf("action-moved", { ...ofAction, from_display_order: z.number(), display_order: z.number() }),
  eventOf("member-changed", { user_id: z.string(), role: z.enum(["owner", "writer", "reader"]) }),
]);

/** Something that happened in a thread; `other` is what the console need not know, or what lost its content. */
export type ThreadEvent = z.infer<typeof knownEvent> | { readonly type: "other"; readonly seq: number };

/** Reads a message of the live socket; undefined when it is no event at all. */
export function parseThreadEvent(message: string): ThreadEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return undefined;
  }
  const known = knownEvent.safeParse(value);
  if (known.success) return known.data;
  const { data } = envelope.safeParse(value);
  return data && { type: "other", seq: data.seq };
}
