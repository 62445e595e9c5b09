import {
  ComponentType,
  type APIEmbed,
  type APIMessageTopLevelComponent,
  type RESTPostAPIChannelMessageJSONBody,
} from "discord-api-types/v10";
import { invalidForm } from "./discord-refusal.ts";

/** The parts of a message that a client may send. */
export type MessageBody = Pick<
  RESTPostAPIChannelMessageJSONBody,
  "content" | "embeds" | "components" | "flags" | "attachments" | "allowed_mentions"
>;

/** A file that came with a message. */
export interface SentFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

const MAX_CONTENT = 2000;
const MAX_EMBEDS = 10;
const MAX_EMBED_CHARACTERS = 6000;
const MAX_FILES = 10;
const MAX_ROWS = 5;
const MAX_BUTTONS = 5;
/** What a message of a guild without boosts may carry, in bytes. */
const MAX_UPLOAD = 10 * 1024 * 1024;

/**
 * Holds a message against Discord's limits.
 *
 * @throws DiscordRefusal with Discord's status and code
 */
export function checkMessage(
  body: MessageBody,
  { files, isNew }: { readonly files: readonly SentFile[]; readonly isNew: boolean },
): void {
  const { content = "", embeds = [], components = [] } = body;
  if ((content ?? "").length > MAX_CONTENT) throw invalidForm(`content: ${MAX_CONTENT} or fewer in length`);
  if ((embeds ?? []).length > MAX_EMBEDS) throw invalidForm(`embeds: ${MAX_EMBEDS} or fewer in length`);
  for (const embed of embeds ?? []) checkEmbed(embed);
  const characters = (embeds ?? []).reduce((all, embed) => all + embedCharacters(embed), 0);
  if (characters > MAX_EMBED_CHARACTERS) throw invalidForm("embeds: 6000 characters together at most");
  checkComponents(components ?? []);
  if (files.length > MAX_FILES) throw invalidForm(`attachments: ${MAX_FILES} at most`);
  if (files.reduce((all, { bytes }) => all + bytes.length, 0) > MAX_UPLOAD) throw tooLarge();
  const isEmpty = !content && !embeds?.length && !components?.length && files.length === 0;
  if (isNew && isEmpty) throw invalidForm("Cannot send an empty message");
}

function tooLarge() {
  const refusal = invalidForm("Request entity too large");
  return Object.assign(refusal, { status: 413 });
}

function checkEmbed({ title = "", description = "", fields = [], footer }: APIEmbed): void {
  if (title.length > 256) throw invalidForm("embeds.title: 256 or fewer in length");
  if (description.length > 4096) throw invalidForm("embeds.description: 4096 or fewer in length");
  if (fields.length > 25) throw invalidForm("embeds.fields: 25 or fewer in length");
  for (const { name, value } of fields) {
    if (name.length < 1 || name.length > 256) throw invalidForm("embeds.fields.name: 1 to 256 in length");
    if (value.length < 1 || value.length > 1024)
      throw invalidForm("embeds.fields.value: 1 to 1024 in length");
  }
  if ((footer?.text.length ?? 0) > 2048) throw invalidForm("embeds.footer.text: 2048 or fewer in length");
}

function embedCharacters({ title = "", description = "", fields = [], footer, author }: APIEmbed): number {
  const ofFields = fields.reduce((all, { name, value }) => all + name.length + value.length, 0);
  return (
    title.length + description.length + ofFields + (footer?.text.length ?? 0) + (author?.name.length ?? 0)
  );
}

function checkComponents(components: readonly APIMessageTopLevelComponent[]): void {
  if (components.length > MAX_ROWS) throw invalidForm(`components: ${MAX_ROWS} or fewer in length`);
  const seen = new Set<string>();
  for (const row of components) {
    if (row.type !== ComponentType.ActionRow) throw invalidForm("components: action rows only");
    if (row.components.length < 1 || row.components.length > MAX_BUTTONS) {
      throw invalidForm(`components.components: 1 to ${MAX_BUTTONS} in length`);
    }
    for (const component of row.components) {
      if (component.type !== ComponentType.Button || !("custom_id" in component)) continue;
      const { custom_id: id, label = "" } = component;
      if (id.length < 1 || id.length > 100) throw invalidForm("custom_id: 1 to 100 in length");
      if (label.length < 1 || label.length > 80) throw invalidForm("label: 1 to 80 in length");
      if (seen.has(id)) throw invalidForm("custom_id: Component custom id cannot be duplicated");
      seen.add(id);
    }
  }
}
