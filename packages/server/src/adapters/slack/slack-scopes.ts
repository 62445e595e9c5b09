/** What the bot asks for itself (requirements M-7); files:write sends files, the rest is named by what it reads. */
const BOT_SCOPES = [
  "app_mentions:read",
  "channels:history",
  "channels:join",
  "channels:read",
  "chat:write",
  "commands",
  "files:write",
  "im:history",
  "im:read",
  "im:write",
  "mpim:write",
  "users:read",
] as const;

/** The adapter's own scopes and those that modules declare, each once. */
export function botScopes(declared: readonly string[]): string[] {
  return [...new Set([...BOT_SCOPES, ...declared])].toSorted();
}

/** The events that the app is told (requirements M-7, and the clean-up after the app was removed). */
export const BOT_EVENTS = [
  "app_mention",
  "app_uninstalled",
  "member_left_channel",
  "message.im",
  "tokens_revoked",
] as const;
