import type { KnownBlock } from "@slack/types";
import { escapeSlack, type RichPart, type RichPiece } from "./slack-text.ts";

/** The most characters of one rich text block; Slack refuses blocks of much more than that. */
const BLOCK_CHARACTERS = 3000;
/** The most characters of one message, over all of its blocks. */
const MESSAGE_CHARACTERS = 9000;
const BUTTONS_IN_ROW = 5;
const BUTTON_LABEL = 75;

/** A button below a message. */
export interface MessageButton {
  readonly actionId: string;
  readonly label: string;
  readonly value: string;
}

/** What is sent: `text` for notifications and for clients without blocks, `blocks` for everybody else. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Puts a message together from parts that fit into one, see {@link splitParts}. */
export function slackMessage(
  parts: readonly RichPart[],
  buttons: readonly MessageButton[] = [],
): SlackMessage {
  const blocks: KnownBlock[] = groups(parts).map((elements) => ({ type: "rich_text", elements }));
  for (let from = 0; from < buttons.length; from += BUTTONS_IN_ROW) {
    blocks.push({
      type: "actions",
      elements: buttons.slice(from, from + BUTTONS_IN_ROW).map(({ actionId, label, value }) => ({
        type: "button",
        action_id: actionId,
        text: { type: "plain_text", text: label.slice(0, BUTTON_LABEL) || "-", emoji: false },
        value,
      })),
    });
  }
  return { text: mrkdwn(parts) || escapeSlack(buttons.map(({ label }) => label).join(" ")), blocks };
}

/** Parts in runs that each fit into one message, none of them longer than a block. */
export function splitParts(parts: readonly RichPart[]): RichPart[][] {
  const messages: RichPart[][] = [];
  let current: RichPart[] = [];
  let size = 0;
  for (const part of parts.flatMap(splitPart)) {
    const length = lengthOf(part);
    if (current.length > 0 && size + length > MESSAGE_CHARACTERS) {
      messages.push(current);
      current = [];
      size = 0;
    }
    current.push(part);
    size += length;
  }
  if (current.length > 0) messages.push(current);
  return messages;
}

/** Whether parts, none of them longer than a block, fit into one message. */
export function fitsInMessage(parts: readonly RichPart[]): boolean {
  return parts.reduce((sum, part) => sum + lengthOf(part), 0) <= MESSAGE_CHARACTERS;
}

/** The words of parts, without any style. */
export function plainTextOf(parts: readonly RichPart[]): string {
  return parts.map(textOf).join("\n");
}

/** How many characters a part shows. */
function lengthOf(part: RichPart): number {
  return textOf(part).length;
}

/** A part as Slack's own markup, with everything in it that a person could have typed escaped. */
function mrkdwn(parts: readonly RichPart[]): string {
  return parts.map(partMrkdwn).join("\n");
}

function groups(parts: readonly RichPart[]): RichPart[][] {
  const found: RichPart[][] = [];
  let size = BLOCK_CHARACTERS;
  for (const part of parts) {
    const length = lengthOf(part);
    if (size + length > BLOCK_CHARACTERS) {
      found.push([]);
      size = 0;
    }
    found.at(-1)?.push(part);
    size += length;
  }
  return found;
}

function splitPart(part: RichPart): RichPart[] {
  if (lengthOf(part) <= BLOCK_CHARACTERS) return [part];
  switch (part.type) {
    case "rich_text_section":
      return splitElements(part.elements).map((elements) => ({ ...part, elements }));
    case "rich_text_preformatted":
    case "rich_text_quote":
      return splitElements(part.elements).map((elements) => ({ ...part, elements }));
    case "rich_text_list":
      return part.elements.flatMap((item) =>
        splitElements(item.elements).map((elements) => ({ ...part, elements: [{ ...item, elements }] })),
      );
  }
}

function splitElements(elements: readonly RichPiece[]): RichPiece[][] {
  const runs: RichPiece[][] = [[]];
  let room = BLOCK_CHARACTERS;
  for (const element of elements) {
    if (element.type !== "text") {
      runs.at(-1)?.push(element);
      continue;
    }
    let left = element.text;
    while (left !== "") {
      const cut = left.length <= room ? left.length : cutBefore(left, room);
      if (cut > 0) runs.at(-1)?.push({ ...element, text: left.slice(0, cut) });
      room -= cut;
      left = left.slice(cut);
      if (left !== "") {
        runs.push([]);
        room = BLOCK_CHARACTERS;
      }
    }
  }
  return runs.filter((run) => run.length > 0);
}

/** Where to cut a text so that at most `room` characters stand before: behind a line, else a word, else anywhere. */
function cutBefore(content: string, room: number): number {
  const head = content.slice(0, room);
  const line = head.lastIndexOf("\n") + 1;
  if (line > room / 2) return line;
  const word = head.lastIndexOf(" ") + 1;
  if (word > room / 2) return word;
  // Not between the two halves of a character.
  return /[\uD800-\uDBFF]$/.test(head) ? room - 1 : room;
}

function textOf(part: RichPart): string {
  return part.type === "rich_text_list"
    ? part.elements.map((item) => elementsText(item.elements)).join("\n")
    : elementsText(part.elements);
}

function elementsText(elements: readonly RichPiece[]): string {
  return elements.map((element) => element.text ?? "").join("");
}

function partMrkdwn(part: RichPart): string {
  switch (part.type) {
    case "rich_text_section":
      return part.elements.map(elementMrkdwn).join("");
    case "rich_text_preformatted":
      return `\`\`\`\n${escapeSlack(elementsText(part.elements))}\n\`\`\``;
    case "rich_text_quote":
      return part.elements
        .map(elementMrkdwn)
        .join("")
        .split("\n")
        .map((line) => `> ${line}`)
        .join("\n");
    case "rich_text_list":
      return part.elements
        .map((item, index) => {
          const mark = part.style === "ordered" ? `${index + 1}.` : "\u2022";
          return `${"  ".repeat(part.indent)}${mark} ${item.elements.map(elementMrkdwn).join("")}`;
        })
        .join("\n");
  }
}

function elementMrkdwn(element: RichPiece): string {
  if (element.type === "link")
    return `<${escapeSlack(element.url)}|${escapeSlack(element.text ?? element.url)}>`;
  const { style = {} } = element;
  const marks = [
    ...(style.bold ? ["*"] : []),
    ...(style.italic ? ["_"] : []),
    ...(style.strike ? ["~"] : []),
    ...(style.code ? ["`"] : []),
  ];
  return marks.join("") + escapeSlack(element.text) + marks.toReversed().join("");
}
