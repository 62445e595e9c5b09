import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from "discord-api-types/v10";
import type { DiscordFile } from "./discord-message.ts";

/** A piece of an answer, before it is put into messages; text is Discord's markup, of any length. */
export type DiscordBlock = { readonly isEphemeral: boolean } & (
  | { readonly kind: "text"; readonly markup: string }
  | { readonly kind: "embed"; readonly embed: APIEmbed }
  | { readonly kind: "file"; readonly file: DiscordFile }
  | { readonly kind: "buttons"; readonly row: APIActionRowComponent<APIButtonComponent> }
);
