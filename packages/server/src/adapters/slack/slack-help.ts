import type { HelpArgument, HelpDocument } from "../../commands/help/help-document.ts";
import { summaryWithNotes, wholePage, type HelpPage } from "../../commands/help/layout.ts";
import { escapeSlack } from "./slack-text.ts";

/**
 * Help in Slack's markup (requirements M-18, M-19): the usage, then each section under a bold heading with an empty
 * line behind it, and each argument as a list item with its help on the next line. Everything is escaped, and line
 * breaks are kept. An error stands above what mends it, and not above the whole page: a telephone shows the end of a
 * long message, not its beginning.
 *
 * @param options.command the slash command before each line, such as `/hall`
 */
export function slackHelp({ help, error }: HelpPage, { command }: { readonly command: string }): string {
  const usage = help.usage.map((line) => `*usage*: ${code(`${command} ${line}`)}`).join("\n");
  if (error) {
    const sections = [
      `*${bold(error.message)}*\n${usage}`,
      help.path.length === 0 ? "" : section("available commands", commandItems(help)),
      examples(help, command),
      `${code(`${command} ${wholePage(help)}`)} tells more.`,
    ];
    return sections.filter((part) => part !== "").join("\n\n");
  }
  const sections = [
    usage,
    escapeSlack(help.administratorsOnly ? `${help.summary} (administrators only)` : help.summary),
    help.description === undefined ? "" : escapeSlack(help.description),
    section("arguments", help.arguments.map(argumentItem)),
    section("available commands", commandItems(help)),
    section("options", help.flags.map(argumentItem)),
    examples(help, command),
  ];
  return sections.filter((part) => part !== "").join("\n\n");
}

function examples(help: HelpDocument, command: string): string {
  return section(
    "examples",
    help.examples.map((example) => `- ${code(`${command} ${example}`)}`),
  );
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
