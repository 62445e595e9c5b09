import type { APIEmbed } from "discord-api-types/v10";
import type { HelpArgument } from "../../commands/help/help-document.ts";
import { summaryWithNotes, wholePage, type HelpPage } from "../../commands/help/layout.ts";
import { codeBlock, codeSpan, escapeDiscord, subtext } from "./discord-markdown.ts";
import { COLOURS } from "./embed-colours.ts";
import { splitMarkup } from "./split-message.ts";

const MAX_DESCRIPTION = 4096;
const MAX_TITLE = 256;
/** The embeds of one message may have 6,000 characters together; help that is longer is cut. */
const MAX_PIECES = 2;

/**
 * Help as Discord embeds, the first in the colour of what it is. Everything that modules wrote is escaped, and what is
 * typed stands in code. An error stands above what mends it, not above the whole page, which would fill a telephone.
 */
export function renderHelpEmbeds({ help, error }: HelpPage): readonly APIEmbed[] {
  const usage = help.usage.length === 0 ? "" : `**Usage:** ${help.usage.map(codeSpan).join("\n")}`;
  const commands = list(
    "Commands",
    help.commands.map(({ path, summary }) => ({ label: path.join(" "), text: summary })),
  );
  const examples = help.examples.length === 0 ? "" : `**Examples**\n${codeBlock(help.examples.join("\n"))}`;
  const mending = [
    error ? `**${escapeDiscord(error.message)}**` : "",
    usage,
    help.path.length === 0 ? "" : commands,
    examples,
    subtext(`${codeSpan(wholePage(help))} tells more.`),
  ];
  const page = [
    usage,
    escapeDiscord(help.administratorsOnly ? `${help.summary} (administrators only)` : help.summary),
    help.description === undefined ? "" : escapeDiscord(help.description),
    list("Arguments", help.arguments.map(argumentRow)),
    commands,
    list("Flags", help.flags.map(argumentRow)),
    examples,
  ];
  const text = (error ? mending : page).filter((section) => section !== "").join("\n\n");
  const pieces = splitMarkup(text, MAX_DESCRIPTION / 2).slice(0, MAX_PIECES);
  const title = help.path.length === 0 ? "Commands" : `/${help.path.join(" ")}`;
  const color = error ? COLOURS.error : COLOURS.success;
  return pieces.map((description, index) =>
    index === 0 ? { title: title.slice(0, MAX_TITLE), description, color } : { description, color },
  );
}

interface Row {
  readonly label: string;
  readonly text: string;
}

function argumentRow(argument: HelpArgument): Row {
  return { label: argument.label, text: summaryWithNotes(argument) };
}

function list(heading: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const items = rows.map(
    ({ label, text }) => `- ${codeSpan(label)} ${escapeDiscord(text).replaceAll("\n", "\n  ")}`,
  );
  return `**${heading}**\n${items.join("\n")}`;
}
