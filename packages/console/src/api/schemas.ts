import * as z from "zod/mini";

// Without this, zod tries `new Function`, which the hall's content security policy refuses and reports.
z.config({ jitless: true });

/** The person who is signed in. */
export const User = z.object({
  id: z.string(),
  email: z.string(),
  display_name: z.string(),
  is_administrator: z.boolean(),
});
export type User = z.infer<typeof User>;

/** A piece of an action's output: text in place, bytes behind a path, JSON also parsed. */
export const Chunk = z.object({
  order: z.number(),
  mime: z.string(),
  text_content: z.optional(z.nullable(z.string())),
  binary_url: z.optional(z.nullable(z.string())),
  data: z.optional(z.unknown()),
  name: z.optional(z.nullable(z.string())),
});
export type Chunk = z.infer<typeof Chunk>;

const ActionState = z.enum(["accepted", "running", "completed", "failed", "cancelled"]);
export type ActionState = z.infer<typeof ActionState>;

const ActionError = z.object({
  code: z.string(),
  message: z.string(),
  reference: z.optional(z.nullable(z.string())),
});

/** A run of a command with its output so far. */
export const Action = z.object({
  id: z.string(),
  user_id: z.string(),
  title: z.string(),
  raw_text: z.string(),
  state: ActionState,
  is_completed: z.boolean(),
  adapter: z.string(),
  created_at: z.string(),
  completed_at: z.nullable(z.string()),
  error: z.nullable(ActionError),
  response_chunks: z.array(Chunk),
});
export type Action = z.infer<typeof Action>;

/** A thread without its actions. `role` is what the person may do with it. */
export const ThreadSummary = z.object({
  id: z.string(),
  created_at: z.string(),
  title: z.string(),
  description: z.string(),
  last_seq: z.number(),
  role: z.enum(["owner", "writer", "reader"]),
});
export type ThreadSummary = z.infer<typeof ThreadSummary>;

const ThreadAction = z.object({
  id: z.string(),
  display_order: z.number(),
  show_question: z.boolean(),
  show_answer: z.boolean(),
  action: Action,
});

/** A thread with a page of its actions in display order. */
export const Thread = z.extend(ThreadSummary, {
  has_earlier: z.boolean(),
  thread_actions: z.array(ThreadAction),
});
export type Thread = z.infer<typeof Thread>;

/** A page of the list of threads. */
export const ThreadPage = z.object({ items: z.array(ThreadSummary), next: z.nullable(z.string()) });

const Help = z.object({ text: z.string(), html: z.string() });
/** Usage of a command in two renderings. */
export type Help = z.infer<typeof Help>;

/** The answer to `-h`: help, and no action. */
export const HelpAnswer = z.object({ help: Help });

/** A problem document (RFC 9457) with what the hall adds to it. */
export const Problem = z.object({
  title: z.optional(z.string()),
  detail: z.optional(z.string()),
  code: z.optional(z.string()),
  help: z.optional(Help),
});

/** What may stand at the cursor, and the part of the line it replaces. */
export const Completion = z.object({
  start: z.number(),
  end: z.number(),
  candidates: z.array(z.object({ value: z.string(), summary: z.string(), kind: z.string() })),
});
export type Completion = z.infer<typeof Completion>;

/** The commands of the hall, as far as the console lists them. */
export const CommandList = z.object({
  items: z.array(z.object({ path: z.array(z.string()), summary: z.string() })),
});

const envelope = z.object({ seq: z.number(), type: z.string() });
const knownEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("action-added"), seq: z.number(), action: Action }),
  z.extend(Chunk, { type: z.literal("action-response-chunk"), seq: z.number(), action_id: z.string() }),
  z.object({
    type: z.literal("action-completed"),
    seq: z.number(),
    action_id: z.string(),
    state: ActionState,
    error: z.nullable(ActionError),
    completed_at: z.nullable(z.string()),
  }),
  z.object({ type: z.literal("action-changed"), seq: z.number(), action_id: z.string(), title: z.string() }),
  z.object({
    type: z.literal("thread-changed"),
    seq: z.number(),
    title: z.optional(z.string()),
    description: z.optional(z.string()),
  }),
  z.object({
    type: z.literal("thread-action-changed"),
    seq: z.number(),
    action_id: z.string(),
    show_question: z.optional(z.boolean()),
    show_answer: z.optional(z.boolean()),
  }),
  z.object({ type: z.literal("action-removed"), seq: z.number(), action_id: z.string() }),
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

const tableContent = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.nullable(z.union([z.string(), z.number(), z.boolean()])))),
});
const noticeContent = z.object({
  level: z.optional(z.string()),
  message: z.string(),
  reference: z.optional(z.nullable(z.string())),
});
const progressContent = z.object({
  done: z.number(),
  total: z.optional(z.nullable(z.number())),
  label: z.optional(z.nullable(z.string())),
});
const buttonsContent = z.array(z.object({ label: z.string(), line: z.string() }));

/** The forms of the structured chunks, by what they show. */
export const ChunkContent = {
  table: tableContent,
  notice: noticeContent,
  progress: progressContent,
  buttons: buttonsContent,
} as const;
export type TableContent = z.infer<typeof tableContent>;
