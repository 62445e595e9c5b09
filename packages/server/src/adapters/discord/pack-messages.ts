import type { DiscordBlock } from "./discord-block.ts";
import { codeBlock, subtext } from "./discord-markdown.ts";
import type { DiscordFile, DiscordMessage } from "./discord-message.ts";
import { splitMarkup } from "./split-message.ts";

/** Discord's limits of one message (https://discord.com/developers/docs/resources/message). */
const MAX_CONTENT = 2000;
const MAX_EMBEDS = 10;
const MAX_EMBED_CHARACTERS = 6000;
const MAX_FILES = 10;
const MAX_ROWS = 5;
/** What a message may carry in a guild without boosts, in bytes. */
const MAX_UPLOAD = 10 * 1024 * 1024;

/** A text that would fill more messages than this is attached as a file. */
const MAX_TEXT_MESSAGES = 5;
/** An answer takes so many messages at most; what comes behind them is attached as one file. */
export const MAX_MESSAGES = 12;

interface Draft {
  content: string;
  embeds: Extract<DiscordBlock, { kind: "embed" }>["embed"][];
  files: Extract<DiscordBlock, { kind: "file" }>["file"][];
  rows: Extract<DiscordBlock, { kind: "buttons" }>["row"][];
  readonly isEphemeral: boolean;
}

/**
 * Puts an answer's blocks into messages, in order. Adding blocks changes the last messages only, so that an answer that
 * grows is edited at its end.
 */
export function packMessages(
  blocks: readonly DiscordBlock[],
  { isEnded }: { readonly isEnded: boolean },
): readonly DiscordMessage[] {
  const messages = draft(joinedTexts(blocks.flatMap(sized))).map(finished);
  if (messages.length <= MAX_MESSAGES) return messages;
  const shown = messages.slice(0, MAX_MESSAGES - 1);
  const rest = messages.slice(MAX_MESSAGES - 1);
  return [...shown, ...(isEnded ? restMessages(rest) : [waiting(rest)])];
}

/** Text that follows text is one text, unless it is for other eyes. */
function joinedTexts(blocks: readonly DiscordBlock[]): readonly DiscordBlock[] {
  const joined: DiscordBlock[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (block.kind === "text" && last?.kind === "text" && last.isEphemeral === block.isEphemeral) {
      joined[joined.length - 1] = { ...last, markup: `${last.markup}\n${block.markup}` };
    } else {
      joined.push(block);
    }
  }
  return joined;
}

function draft(blocks: readonly DiscordBlock[]): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const block of blocks) {
    for (const part of partsOf(block)) {
      const last = drafts.at(-1);
      const fits = last !== undefined && last.isEphemeral === part.isEphemeral && takes(last, part);
      const target: Draft = fits
        ? last
        : { content: "", embeds: [], files: [], rows: [], isEphemeral: part.isEphemeral };
      if (!fits) drafts.push(target);
      switch (part.kind) {
        case "text":
          target.content = part.markup;
          break;
        case "embed":
          target.embeds.push(part.embed);
          break;
        case "file":
          target.files.push(part.file);
          break;
        case "buttons":
          target.rows.push(part.row);
          break;
      }
    }
  }
  return drafts;
}

/** A block in the form in which Discord takes it: text that is too long for messages is a file. */
function sized(block: DiscordBlock): readonly DiscordBlock[] {
  const isLong = block.kind === "text" && block.markup.length > MAX_TEXT_MESSAGES * MAX_CONTENT;
  return isLong ? attached(block.markup, block.isEphemeral) : [block];
}

/** A block as parts of which each fits into a message. */
function partsOf(block: DiscordBlock): readonly DiscordBlock[] {
  if (block.kind !== "text") return [block];
  const { isEphemeral } = block;
  return splitMarkup(block.markup, MAX_CONTENT).map((markup) => ({ kind: "text", markup, isEphemeral }));
}

function attached(markup: string, isEphemeral: boolean): readonly DiscordBlock[] {
  const bytes = Buffer.from(readable(markup));
  const note = subtext(
    `The answer has ${markup.length.toLocaleString("en")} characters: it is in the attached file.`,
  );
  return [
    { kind: "text", markup: note, isEphemeral },
    { kind: "file", file: { name: "answer.txt", mime: "text/plain; charset=utf-8", bytes }, isEphemeral },
  ];
}

/** Discord's markup as a file shows it best: without the backslashes before punctuation. */
function readable(markup: string): string {
  return markup.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}

/** A file as it can be shown: attached, or named where it is too large for Discord. */
export function fileBlock(
  file: DiscordFile,
  { isEphemeral }: { readonly isEphemeral: boolean },
): DiscordBlock {
  if (file.bytes.length <= MAX_UPLOAD) return { kind: "file", file, isEphemeral };
  const megabytes = (file.bytes.length / 1024 / 1024).toFixed(1);
  const note = subtext(`A file of ${megabytes} MiB is too large for Discord; it is kept in the hall:`);
  return { kind: "text", markup: `${note}\n${codeBlock(file.name)}`, isEphemeral };
}

/**
 * Whether a part can join a message. Discord shows a message's text first, then its files, embeds and buttons, so what
 * comes later in the answer must not stand in front.
 */
function takes(message: Draft, part: DiscordBlock): boolean {
  switch (part.kind) {
    case "text":
      // Only an empty message, since text that follows text was joined before.
      return false;
    case "file": {
      const size = message.files.reduce((all, { bytes }) => all + bytes.length, part.file.bytes.length);
      const isInOrder = message.embeds.length === 0 && message.rows.length === 0;
      return isInOrder && message.files.length < MAX_FILES && size <= MAX_UPLOAD;
    }
    case "embed": {
      const characters = [...message.embeds, part.embed].reduce(
        (all, embed) => all + embedCharacters(embed),
        0,
      );
      return (
        message.rows.length === 0 && message.embeds.length < MAX_EMBEDS && characters <= MAX_EMBED_CHARACTERS
      );
    }
    case "buttons":
      return message.rows.length < MAX_ROWS;
  }
}

function embedCharacters({ title = "", description = "" }: Draft["embeds"][number]): number {
  return title.length + description.length;
}

function finished({ content, embeds, files, rows, isEphemeral }: Draft): DiscordMessage {
  // Buttons need something above them.
  const isBare = content === "" && embeds.length === 0 && files.length === 0;
  return { content: isBare ? "\u200B" : content, embeds, files, rows, isEphemeral };
}

/** What stands in place of messages that are too many, while more may come. */
function waiting(rest: readonly DiscordMessage[]): DiscordMessage {
  const content = subtext("More than Discord shows comes behind this: it will be attached at the end.");
  const isEphemeral = rest.every((message) => message.isEphemeral);
  return { content, embeds: [], files: [], rows: [], isEphemeral };
}

/** Messages that are too many, as files: one for everybody, and one for the asker. */
function restMessages(rest: readonly DiscordMessage[]): readonly DiscordMessage[] {
  return [false, true].flatMap((isEphemeral): DiscordMessage[] => {
    const own = rest.filter((message) => message.isEphemeral === isEphemeral);
    if (own.length === 0) return [];
    const texts = own.map(({ content, embeds }) =>
      [content, ...embeds.map(({ description = "" }) => description)].join("\n").trim(),
    );
    const bytes = Buffer.from(readable(texts.filter((text) => text !== "\u200B").join("\n")));
    const file = { name: "rest-of-the-answer.txt", mime: "text/plain; charset=utf-8", bytes };
    const files = [file, ...own.flatMap((message) => message.files)];
    const fitting = files.slice(0, MAX_FILES).filter((_, index) => sizeUpTo(files, index) <= MAX_UPLOAD);
    const lost = files.length - fitting.length;
    const note = lost === 0 ? "" : ` ${lost} further files are kept in the hall.`;
    const content = subtext(`The rest of the answer is in the attached file.${note}`);
    const rows = own.flatMap((message) => message.rows).slice(-MAX_ROWS);
    return [{ content, embeds: [], files: fitting, rows, isEphemeral }];
  });
}

function sizeUpTo(files: readonly { readonly bytes: Uint8Array }[], index: number): number {
  return files.slice(0, index + 1).reduce((all, { bytes }) => all + bytes.length, 0);
}
