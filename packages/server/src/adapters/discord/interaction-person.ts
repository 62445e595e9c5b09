import { PermissionFlagsBits } from "discord-api-types/v10";
import type { ChatInput } from "../../hall/chat-connection.ts";
import type { AnswerTarget } from "./answer-target.ts";
import { DISCORD } from "./discord-settings.ts";
import type { PersonInteraction } from "./incoming-interaction.ts";

/**
 * Who uses the hall, and where, as a signed interaction tells it; a parameter that claims to be somebody else is
 * nowhere read (S001-16). Undefined for an interaction of nobody.
 */
export function chatInputOf(
  interaction: PersonInteraction,
  { now, administratorGuildIds }: { readonly now: Date; readonly administratorGuildIds: readonly string[] },
): (ChatInput & { readonly target: AnswerTarget }) | undefined {
  const { id, token, guild_id: guildId, channel_id: channelId, channel, member } = interaction;
  const user = member?.user ?? interaction.user;
  if (!user) return undefined;
  const target: AnswerTarget = {
    interaction: { token, madeAt: now.getTime() },
    channelId,
    userId: user.id,
  };
  const permissions = BigInt(member?.permissions ?? "0");
  const isAdministrator =
    guildId !== undefined &&
    administratorGuildIds.includes(guildId) &&
    (permissions & PermissionFlagsBits.Administrator) !== 0n;
  return {
    account: {
      adapter: DISCORD,
      // A user's id holds in all guilds.
      workspaceId: null,
      accountId: user.id,
      displayName: member?.nick ?? user.global_name ?? user.username,
    },
    place: {
      workspaceId: guildId ?? null,
      channelId,
      channelName: channel?.name ?? (guildId === undefined ? user.username : channelId),
      isPrivate: guildId === undefined,
    },
    key: id,
    reply: JSON.stringify(target),
    isAdministrator: async () => isAdministrator,
    target,
  };
}
