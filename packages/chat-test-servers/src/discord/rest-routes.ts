import {
  InteractionResponseType,
  MessageFlags,
  type APIInteractionResponse,
  type RESTPutAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { DiscordRefusal, invalidForm, unknown } from "./discord-refusal.ts";
import type { DiscordWorld, HeldInteraction } from "./discord-world.ts";
import { checkMessage, type MessageBody, type SentFile } from "./message-rules.ts";

/** A request as a route sees it. */
export interface RestRequest {
  /** The parts of the path that the pattern names. */
  readonly ids: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly SentFile[];
}

/** One route of Discord's REST API. */
export interface RestRoute {
  readonly method: string;
  /** Such as `/channels/:channel/messages`; the first name after the root is the major id of its rate limit. */
  readonly path: string;
  /** Whether the bot's token is needed; an interaction's own token is in its path. */
  readonly needsBot: boolean;
  readonly answer: (world: DiscordWorld, request: RestRequest) => unknown;
}

const route = (method: string, path: string, answer: RestRoute["answer"]): RestRoute => ({
  method,
  path,
  needsBot: true,
  answer,
});
const open = (method: string, path: string, answer: RestRoute["answer"]): RestRoute => ({
  ...route(method, path, answer),
  needsBot: false,
});

/** The routes that the test server has. */
export const REST_ROUTES: readonly RestRoute[] = [
  route("GET", "/users/@me", (world) => world.bot),
  route("GET", "/users/@me/guilds", (world) => world.guilds()),
  route("POST", "/users/@me/channels", (world, { body }) => {
    const { recipient_id: recipient } = record(body);
    const direct = `${String(recipient)}0`;
    try {
      return world.channel(direct);
    } catch {
      return world.channel(world.addChannel({ id: direct, guildId: "@me", name: `dm-${String(recipient)}` }));
    }
  }),
  route("GET", "/applications/:application/commands", (world) => world.commands()),
  route("PUT", "/applications/:application/commands", (world, { body }) =>
    world.replaceCommands(commandsOf(body)),
  ),
  route("GET", "/applications/:application/guilds/:guild/commands", (world, { ids }) =>
    world.commands(ids["guild"]),
  ),
  route("PUT", "/applications/:application/guilds/:guild/commands", (world, { ids, body }) =>
    world.replaceCommands(commandsOf(body), ids["guild"]),
  ),
  route("GET", "/guilds/:guild/channels", (world, { ids }) => world.channelsOf(id(ids, "guild"))),
  route("GET", "/channels/:channel", (world, { ids }) => world.channel(id(ids, "channel"))),
  route("GET", "/channels/:channel/messages", (world, { ids, query }) =>
    world.history(id(ids, "channel"), {
      ...(query.has("before") ? { before: query.get("before") ?? "" } : {}),
      ...(query.has("after") ? { after: query.get("after") ?? "" } : {}),
      limit: Number(query.get("limit") ?? 50),
    }),
  ),
  route("POST", "/channels/:channel/messages", (world, { ids, body, files }) => {
    const channelId = id(ids, "channel");
    world.channel(channelId);
    return world.post({ channelId, body: messageOf(body), files }).message;
  }),
  route("PATCH", "/channels/:channel/messages/:message", (world, { ids, body, files }) => {
    const channelId = id(ids, "channel");
    return world.edit({ channelId, id: id(ids, "message"), body: messageOf(body), files }).message;
  }),
  route("DELETE", "/channels/:channel/messages/:message", (world, { ids }) => {
    world.remove(id(ids, "channel"), id(ids, "message"));
  }),
  open("POST", "/interactions/:interaction/:token/callback", (world, { ids, body, files }) => {
    // The types of a response are told apart by what `applyResponse` reads.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    applyResponse(world, { token: id(ids, "token"), response: body as APIInteractionResponse, files });
  }),
  open("POST", "/webhooks/:application/:token", (world, { ids, body, files }) =>
    followUp(world, { interaction: world.interaction(id(ids, "token")), body: messageOf(body), files }),
  ),
  open("GET", "/webhooks/:application/:token/messages/:message", (world, { ids }) => {
    const interaction = world.interaction(id(ids, "token"));
    return world.message(interaction.channelId, messageId(interaction, ids)).message;
  }),
  open("PATCH", "/webhooks/:application/:token/messages/:message", (world, { ids, body, files }) => {
    const interaction = world.interaction(id(ids, "token"));
    const target = messageId(interaction, ids);
    if (target === interaction.originalId) interaction.deferred = false;
    return world.edit({ channelId: interaction.channelId, id: target, body: messageOf(body), files }).message;
  }),
  open("DELETE", "/webhooks/:application/:token/messages/:message", (world, { ids }) => {
    const interaction = world.interaction(id(ids, "token"));
    world.remove(interaction.channelId, messageId(interaction, ids));
  }),
];

/**
 * Does what an answer to an interaction asks for, wherever the answer came from.
 *
 * @throws DiscordRefusal 40060 when it was answered before
 */
export function applyResponse(
  world: DiscordWorld,
  {
    token,
    response,
    files = [],
  }: {
    readonly token: string;
    readonly response: APIInteractionResponse;
    readonly files?: readonly SentFile[];
  },
): void {
  const interaction = world.interaction(token);
  if (interaction.originalId !== undefined) {
    throw new DiscordRefusal(400, { code: 40060, message: "Interaction has already been acknowledged." });
  }
  switch (response.type) {
    case InteractionResponseType.ChannelMessageWithSource: {
      const body = messageOf(response.data);
      interaction.originalId = world.post({ channelId: interaction.channelId, body, files }).message.id;
      return;
    }
    case InteractionResponseType.DeferredChannelMessageWithSource: {
      // A deferral stands as a message that thinks: Discord shows a text of its own.
      const body = { content: "thinking", flags: response.data?.flags ?? 0 };
      interaction.originalId = world.post({ channelId: interaction.channelId, body }).message.id;
      interaction.deferred = true;
      return;
    }
    case InteractionResponseType.ApplicationCommandAutocompleteResult: {
      const choices = response.data.choices ?? [];
      if (choices.length > 25) throw invalidForm("choices: 25 at most");
      for (const { name, value } of choices) {
        if (name.length < 1 || name.length > 100) throw invalidForm("choices.name: 1 to 100 in length");
        if (String(value).length > 100) throw invalidForm("choices.value: 100 at most");
      }
      return;
    }
    case InteractionResponseType.Modal: {
      const { custom_id: customId, title, components } = response.data;
      if (customId.length < 1 || customId.length > 100) throw invalidForm("custom_id: 1 to 100 in length");
      if (title.length < 1 || title.length > 45) throw invalidForm("title: 1 to 45 in length");
      if (components.length < 1 || components.length > 5) throw invalidForm("components: 1 to 5");
      return;
    }
    case InteractionResponseType.Pong:
    case InteractionResponseType.DeferredMessageUpdate:
    case InteractionResponseType.UpdateMessage:
    case InteractionResponseType.PremiumRequired:
    case InteractionResponseType.LaunchActivity:
      return;
  }
}

function followUp(
  world: DiscordWorld,
  {
    interaction,
    body,
    files,
  }: { interaction: HeldInteraction; body: MessageBody; files: readonly SentFile[] },
) {
  if (interaction.deferred && interaction.originalId !== undefined) {
    // The first follow-up of a deferral takes its place, and its flags.
    interaction.deferred = false;
    checkMessage(body, { files, isNew: true });
    const { channelId, originalId } = interaction;
    return world.edit({ channelId, id: originalId, body, files }).message;
  }
  const flags = (body.flags ?? 0) & (MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds);
  return world.post({ channelId: interaction.channelId, body: { ...body, flags }, files }).message;
}

function messageId(interaction: HeldInteraction, ids: Readonly<Record<string, string>>): string {
  const asked = id(ids, "message");
  const found = asked === "@original" ? interaction.originalId : asked;
  if (found === undefined) throw unknown(10008, "Message");
  return found;
}

function id(ids: Readonly<Record<string, string>>, name: string): string {
  return ids[name] ?? "";
}

function record(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null) throw invalidForm("an object is needed");
  return { ...body };
}

function messageOf(body: unknown): MessageBody {
  // What a client sends is what its own types allow; the limits are checked where it is kept.
  return record(body);
}

function commandsOf(body: unknown): RESTPutAPIApplicationCommandsJSONBody {
  if (!Array.isArray(body)) throw invalidForm("a list of commands is needed");
  // As above: the rules of registration are checked where it is kept.
  return body as RESTPutAPIApplicationCommandsJSONBody;
}
