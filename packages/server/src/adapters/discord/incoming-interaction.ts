import { InteractionType } from "discord-api-types/v10";
import { z } from "zod";
import { HallError } from "../../hall/hall-error.ts";

/** Ids are numbers in text, which JavaScript could not hold. */
const Id = z.string().regex(/^\d{1,20}$/);

const User = z.object({ id: Id, username: z.string(), global_name: z.string().nullish() });

const Value = z.union([z.string(), z.number(), z.boolean()]);

/** A value, or the options below a sub-command. */
const PlainOption = z.object({
  name: z.string(),
  /** By {@link ApplicationCommandOptionType}; a sub-command without options has none of them. */
  type: z.int(),
  value: Value.optional(),
  focused: z.boolean().optional(),
});
const SubOption = PlainOption.extend({ options: z.array(PlainOption).max(25).optional() });
const Option = PlainOption.extend({ options: z.array(SubOption).max(25).optional() });

/** An option of a command: a value, or a sub-command with its own options. */
export type IncomingOption = z.infer<typeof Option>;

const CommandData = z.object({ name: z.string(), options: z.array(Option).max(25).default([]) });

const ModalInput = z.object({ custom_id: z.string(), value: z.string().optional() });
/** Inputs stand below a label or, as older clients send them, in a row. */
const ModalPart = z.object({
  component: ModalInput.partial({ custom_id: true }).optional(),
  components: z.array(ModalInput).optional(),
});

const common = {
  id: Id,
  token: z.string().min(1).max(500),
  guild_id: Id.optional(),
  channel_id: Id,
  channel: z.object({ name: z.string().nullish() }).optional(),
  member: z
    .object({ user: User, nick: z.string().nullish(), permissions: z.string().regex(/^\d+$/) })
    .optional(),
  user: User.optional(),
};

/** What Discord sends when somebody uses the hall, as far as the hall reads it. */
export const IncomingInteraction = z.discriminatedUnion("type", [
  z.object({ type: z.literal(InteractionType.Ping) }),
  z.object({ type: z.literal(InteractionType.ApplicationCommand), ...common, data: CommandData }),
  z.object({ type: z.literal(InteractionType.ApplicationCommandAutocomplete), ...common, data: CommandData }),
  z.object({
    type: z.literal(InteractionType.MessageComponent),
    ...common,
    data: z.object({ custom_id: z.string() }),
    /** The one with the component. */
    message: z.object({ id: Id }),
  }),
  z.object({
    type: z.literal(InteractionType.ModalSubmit),
    ...common,
    data: z.object({ custom_id: z.string(), components: z.array(ModalPart).max(40) }),
  }),
]);

/** What Discord sends when somebody uses the hall. */
export type IncomingInteraction = z.infer<typeof IncomingInteraction>;

/** An interaction of a person: any but a ping. */
export type PersonInteraction = Exclude<IncomingInteraction, { type: InteractionType.Ping }>;

/** Reads a request's body. @throws HallError `body_invalid` */
export function readInteraction(body: Buffer): IncomingInteraction {
  let content: unknown;
  try {
    content = JSON.parse(body.toString());
  } catch {
    throw new HallError("body_invalid", "The body is not JSON.");
  }
  const parsed = IncomingInteraction.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new HallError("body_invalid", "The body is no interaction that the hall knows.");
}
