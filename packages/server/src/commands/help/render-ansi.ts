import { styleText } from "node:util";
import { DEFAULT_WIDTH, layOut, type HelpPage, type Span, type SpanRole } from "./layout.ts";

const STYLES: Readonly<Record<SpanRole, Parameters<typeof styleText>[0] | undefined>> = {
  plain: undefined,
  heading: "bold",
  label: "cyan",
  error: ["red", "bold"],
};

/**
 * Help, or an error above its usage, for a terminal with colours. Whether the terminal has any is the caller's
 * to know. The only escape sequences in it are this function's own.
 */
export function renderHelpAnsi(
  page: HelpPage,
  { width = DEFAULT_WIDTH }: { readonly width?: number } = {},
): string {
  return layOut(page, { width })
    .map((line) => line.map(styled).join("").trimEnd())
    .join("\n");
}

function styled({ text, role }: Span): string {
  const style = STYLES[role];
  return style === undefined || text === "" ? text : styleText(style, text, { validateStream: false });
}
