import { z } from "zod";

const Chunk = z.object({
  order: z.number(),
  mime: z.string(),
  text_content: z.string().optional(),
  binary_url: z.string().optional(),
  data: z.unknown().optional(),
  name: z.string().optional(),
});

const ActionError = z.object({ code: z.string(), message: z.string(), reference: z.string().nullable() });

/** What a line asks before it runs; with the answers between `before` and `after` it is whole. */
const Asked = z.object({
  before: z.string(),
  after: z.string(),
  questions: z.array(
    z.object({
      label: z.string(),
      default_value: z.string().nullable(),
      choices: z.array(z.string()).nullable(),
    }),
  ),
});

/** What a terminal hears of a line, in order, whether its hall is in the same process or behind the socket. */
export const TerminalFrame = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("help"), text: z.string() }),
  z.object({
    kind: z.literal("line_invalid"),
    code: z.string(),
    message: z.string(),
    column: z.number().optional(),
    limit: z.string().optional(),
    asked: Asked.optional(),
    text: z.string(),
  }),
  z.object({ kind: z.literal("refused"), code: z.string(), message: z.string() }),
  z.object({ kind: z.literal("accepted"), action_id: z.string() }),
  z.object({ kind: z.literal("chunk"), chunk: Chunk }),
  z.object({
    kind: z.literal("end"),
    action: z.looseObject({ id: z.string(), state: z.string(), error: ActionError.nullable() }),
  }),
]);

/** What a terminal hears of a line, in order, whether its hall is in the same process or behind the socket. */
export type TerminalFrame = z.infer<typeof TerminalFrame>;

/** A typed line with how its sender shows help. */
export const TerminalRequest = z.object({
  line: z.string(),
  /** The e-mail address of the person to act as; the local operator when left out. */
  as: z.string().optional(),
  ansi: z.boolean(),
  width: z.int().min(20).max(1000),
});

/** A typed line with how its sender shows help. */
export type TerminalRequest = z.infer<typeof TerminalRequest>;
