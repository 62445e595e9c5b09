import type { HelpArgument, HelpDocument } from "../../commands/help/help-document.ts";
import { summaryWithNotes, type HelpPage } from "../../commands/help/layout.ts";
import { escapeSlack } from "./slack-text.ts";

/**
 * Help, or an error above it, in Slack's markup (requirements M-18, M-19): the usage, then each section under a bold
 * heading with an empty line behind it, and each argument as a list item with its help on the next line. Everything
 * is escaped, and line breaks are kept.
 *
 * @param options.command the slash command before each line, such as `/hall`
 */
export function slackHelp({ help, error }: HelpPage, { command }: { readonly command: string }): string {
  const usage = help.usage.map((line) => `*usage*: ${code(`${command} ${line}`)}`).join("\n");
  const sections = [
    usage,
    escapeSlack(help.administratorsOnly ? `${help.summary} (administrators only)` : help.summary),
    help.description === undefined ? "" : escapeSlack(help.description),
    section("arguments", help.arguments.map(argumentItem)),
    section("available commands", commandItems(help)),
    section("options", help.flags.map(argumentItem)),
    section(
      "examples",
      help.examples.map((example) => `- ${code(`${command} ${example}`)}`),
    ),
  ].filter((part) => part !== "");
  const page = sections.join("\n\n");
  return error ? `*${bold(error.message)}*\n${page}` : page;
}

function section(heading: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `*${heading}*\n\n${items.join("\n")}`;
}

function argumentItem(argument: HelpArgument): string {
  return `- ${code(argument.label)}\n${escapeSlack(summaryWithNotes(argument))}`;
}

function commandItems({ commands }: HelpDocument): string[] {
  return commands.map(({ path, summary }) => `- ${code(path.join(" "))}\n${escapeSlack(summary)}`);
}

/** Code cannot hold its own mark. */
const code = (text: string) => `\`${escapeSlack(text).replaceAll("`", "'")}\``;

/** Bold text ends with its line and at its own mark. */
const bold = (text: string) => escapeSlack(text).replace(/\s+/g, " ").replaceAll("*", "\u2217");
