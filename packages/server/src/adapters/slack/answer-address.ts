import { z } from "zod";

const Address = z.object({
  teamId: z.string(),
  channelId: z.string(),
  userId: z.string(),
  responseUrl: z.string().optional(),
  /** How many uses of the response URL are kept for something else than the answer. */
  keptPosts: z.number().default(0),
  /** The message under which the answer stands, when it does not stand in the channel itself. */
  threadTs: z.string().optional(),
  /** In milliseconds: the response URL expires by it. */
  receivedAt: z.number(),
});

/** Where an answer goes in Slack. */
export type SlackAnswerAddress = z.output<typeof Address>;

/** The address as the hall keeps it, sealed, until the answer is given. */
export function writeAddress(address: z.input<typeof Address>): string {
  return JSON.stringify(address);
}

/** Reads what {@link writeAddress} wrote. */
export function readAddress(text: string): SlackAnswerAddress {
  return Address.parse(JSON.parse(text));
}
