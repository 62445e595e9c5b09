import {
  ApplicationCommandType,
  ChannelType,
  ComponentType,
  GuildMemberFlags,
  InteractionContextType,
  InteractionType,
  Locale,
  type APIApplicationCommandAutocompleteInteraction,
  type APIApplicationCommandInteractionDataOption,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIInteractionGuildMember,
  type APIMessage,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  type APIPingInteraction,
  type APIUser,
} from "discord-api-types/v10";

const PERMISSIONS = "2147559488";

/** Who does it, and where. */
export interface InteractionPlace {
  readonly user: APIUser;
  readonly channelId: string;
  /** Absent in a direct message. */
  readonly guildId?: string | undefined;
  /** Of the person in the channel, as an integer; those of the promised invite link when left out. */
  readonly permissions?: string | undefined;
  readonly channelName?: string | undefined;
}

/** What each payload needs besides. */
export interface InteractionIdentity {
  readonly id: string;
  readonly token: string;
  readonly applicationId: string;
}

/** Options of a command as a person fills them in; a nested object is a sub-command or a group. */
export type FilledOptions = readonly APIApplicationCommandInteractionDataOption[];

/** The payload of a slash command. */
export function commandPayload(
  given: InteractionIdentity & InteractionPlace & { readonly name: string; readonly options: FilledOptions },
): APIChatInputApplicationCommandInteraction {
  return {
    ...common(given),
    ...place(given),
    type: InteractionType.ApplicationCommand,
    data: {
      id: "1081234567890123456",
      name: given.name,
      type: ApplicationCommandType.ChatInput,
      options: [...given.options],
    },
  };
}

/** The payload of an option that is being typed; its option has `focused`. */
export function autocompletePayload(
  given: InteractionIdentity &
    InteractionPlace & {
      readonly name: string;
      readonly options: APIApplicationCommandAutocompleteInteraction["data"]["options"];
    },
): APIApplicationCommandAutocompleteInteraction {
  return {
    ...common(given),
    ...place(given),
    type: InteractionType.ApplicationCommandAutocomplete,
    data: {
      id: "1081234567890123456",
      name: given.name,
      type: ApplicationCommandType.ChatInput,
      options: given.options,
    },
  };
}

/** The payload of a pressed button. */
export function componentPayload(
  given: InteractionIdentity & InteractionPlace & { readonly message: APIMessage; readonly customId: string },
): APIMessageComponentInteraction {
  return {
    ...common(given),
    ...place(given),
    type: InteractionType.MessageComponent,
    message: given.message,
    data: { component_type: ComponentType.Button, custom_id: given.customId },
  };
}

/** The payload of a modal that was sent off: one text for each input. */
export function modalPayload(
  given: InteractionIdentity &
    InteractionPlace & { readonly customId: string; readonly values: Readonly<Record<string, string>> },
): APIModalSubmitInteraction {
  return {
    ...common(given),
    ...place(given),
    type: InteractionType.ModalSubmit,
    data: {
      custom_id: given.customId,
      components: Object.entries(given.values).map(([customId, value], index) => ({
        id: 2 * index + 1,
        type: ComponentType.Label,
        component: { id: 2 * index + 2, type: ComponentType.TextInput, custom_id: customId, value },
      })),
    },
  };
}

/** The payload by which Discord sees whether an endpoint is there. */
export function pingPayload(given: InteractionIdentity): APIPingInteraction {
  return {
    id: given.id,
    application_id: given.applicationId,
    type: InteractionType.Ping,
    token: given.token,
    version: 1,
    app_permissions: PERMISSIONS,
    authorizing_integration_owners: {},
    entitlements: [],
    attachment_size_limit: 10_485_760,
  };
}

function common(given: InteractionIdentity & InteractionPlace) {
  return {
    id: given.id,
    application_id: given.applicationId,
    token: given.token,
    version: 1,
    app_permissions: PERMISSIONS,
    locale: Locale.EnglishUS,
    entitlements: [],
    authorizing_integration_owners: { "0": given.guildId ?? "0" },
    context: given.guildId === undefined ? InteractionContextType.BotDM : InteractionContextType.Guild,
    attachment_size_limit: 10_485_760,
  } as const satisfies Partial<APIInteraction>;
}

function place({ user, channelId, guildId, permissions, channelName }: InteractionPlace) {
  if (guildId === undefined) {
    return { channel: { id: channelId, type: ChannelType.DM as const }, channel_id: channelId, user };
  }
  return {
    channel: {
      id: channelId,
      type: ChannelType.GuildText as const,
      ...(channelName === undefined ? {} : { name: channelName }),
    },
    channel_id: channelId,
    guild_id: guildId,
    guild: { id: guildId, locale: Locale.EnglishUS, features: [] },
    guild_locale: Locale.EnglishUS,
    member: member(user, permissions),
  };
}

function member(user: APIUser, permissions = PERMISSIONS): APIInteractionGuildMember {
  return {
    user,
    roles: [],
    joined_at: "2026-01-01T00:00:00.000Z",
    premium_since: null,
    deaf: false,
    mute: false,
    flags: GuildMemberFlags.CompletedOnboarding,
    permissions,
  };
}
