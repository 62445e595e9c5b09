import type { HelpArgument, HelpDocument } from "./help-document.ts";
import { summaryWithNotes, type HelpPage } from "./layout.ts";

/**
 * Help, or an error above its usage, as an HTML fragment. All text is escaped, whoever it came from; line breaks
 * become `<br>`. It carries the classes `help`, `error` and `usage`, and no styles.
 */
export function renderHelpHtml({ help, error }: HelpPage): string {
  const parts = [
    error ? `<p class="error" role="alert">${withBreaks(error.message)}</p>` : "",
    `<pre class="usage"><code>${help.usage.map(escapeHtml).join("\n")}</code></pre>`,
    `<p>${withBreaks(help.summary)}${help.administratorsOnly ? " (administrators only)" : ""}</p>`,
    help.description === undefined ? "" : `<p>${withBreaks(help.description)}</p>`,
    definitions({ heading: "Arguments", rows: help.arguments.map(argumentRow) }),
    definitions({ heading: "Commands", rows: commandRows(help) }),
    definitions({ heading: "Flags", rows: help.flags.map(argumentRow) }),
    examples(help.examples),
  ].filter((part) => part !== "");
  return `<section class="help">\n${parts.join("\n")}\n</section>`;
}

interface Row {
  readonly label: string;
  readonly text: string;
}

function argumentRow(argument: HelpArgument): Row {
  return { label: argument.label, text: summaryWithNotes(argument) };
}

function commandRows({ commands }: HelpDocument): Row[] {
  return commands.map(({ path, summary }) => ({ label: path.join(" "), text: summary }));
}

function definitions({ heading, rows }: { heading: string; rows: readonly Row[] }): string {
  if (rows.length === 0) return "";
  const items = rows.map(
    ({ label, text }) => `<dt><code>${escapeHtml(label)}</code></dt><dd>${withBreaks(text)}</dd>`,
  );
  return `<h3>${heading}</h3>\n<dl>\n${items.join("\n")}\n</dl>`;
}

function examples(lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `<h3>Examples</h3>\n<pre><code>${lines.map(escapeHtml).join("\n")}</code></pre>`;
}

function withBreaks(text: string): string {
  return escapeHtml(text).replace(/\r\n|\r|\n/g, "<br>");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
