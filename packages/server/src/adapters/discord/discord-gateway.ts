import { CompressionMethod, WebSocketManager, WebSocketShardEvents } from "@discordjs/ws";
import type { REST } from "@discordjs/rest";
import type { Logger } from "@guildhall/sdk";
import {
  ActivityType,
  GatewayDispatchEvents,
  GatewayIntentBits,
  PresenceUpdateStatus,
} from "discord-api-types/v10";
import { toError } from "../../kernel/to-error.ts";
import type { DiscordApi } from "./discord-api.ts";
import type { DiscordInteractions } from "./discord-interactions.ts";
import type { DiscordMessages } from "./discord-messages.ts";
import { IncomingInteraction } from "./incoming-interaction.ts";

/** What the hall is told of: messages in channels and direct messages; their content only where it is mentioned. */
const INTENTS = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.DirectMessages;

/**
 * The connection that the hall opens to Discord itself: for messages, and for interactions where Discord knows no
 * address of the hall. Discord says how many shards there are to be.
 *
 * @returns what ends it
 */
export async function connectGateway(given: {
  readonly rest: REST;
  readonly token: string;
  readonly api: DiscordApi;
  readonly interactions: DiscordInteractions;
  readonly messages: DiscordMessages;
  /** What stands below the bot's name (F-15). */
  readonly activity: string;
  readonly log: Logger;
}): Promise<() => Promise<void>> {
  const { rest, token, api, interactions, messages, activity, log } = given;
  const manager = new WebSocketManager({
    token,
    rest,
    intents: INTENTS,
    compression: CompressionMethod.ZlibNative,
    initialPresence: {
      status: PresenceUpdateStatus.Online,
      activities: [{ name: "Custom Status", state: activity, type: ActivityType.Custom }],
      since: null,
      afk: false,
    },
  });
  const ownUserId = await api.ownUserId();
  const failed = (error: unknown) =>
    log.error({ err: toError(error) }, "an event of Discord's gateway could not be answered");

  const answer = async (data: unknown) => {
    const interaction = IncomingInteraction.parse(data);
    if (!("token" in interaction)) return;
    const { response, onSent } = await interactions.respond(interaction);
    await api.answer(interaction, response);
    onSent?.();
  };

  manager.on(WebSocketShardEvents.Dispatch, (payload) => {
    if (payload.t === GatewayDispatchEvents.MessageCreate) {
      messages.take(payload.d, { ownUserId }).catch(failed);
    } else if (payload.t === GatewayDispatchEvents.InteractionCreate) {
      answer(payload.d).catch(failed);
    }
  });
  manager.on(WebSocketShardEvents.Ready, (_data, shard) => {
    log.info({ shard }, "connected to Discord's gateway");
  });
  manager.on(WebSocketShardEvents.Closed, (code, shard) => {
    log.info({ code, shard }, "Discord's gateway closed the connection");
  });
  manager.on(WebSocketShardEvents.Error, (error, shard) => {
    log.warn({ err: error, shard }, "the connection to Discord's gateway broke; it is made again");
  });
  await manager.connect();
  return async () => {
    await manager.destroy();
  };
}
