import { memo, type CSSProperties } from "react";
import { ansiSpans, type TerminalColour, type TextStyle } from "./ansi-text.ts";

/** Text as a terminal would show it, with its colours where `isColoured` says that it stands on a terminal's ground. */
export const PlainText = memo(function PlainText({
  text,
  isColoured = false,
}: {
  readonly text: string;
  readonly isColoured?: boolean;
}) {
  const spans = ansiSpans(text);
  return (
    <pre className="min-h-[1lh] font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">
      {isColoured
        ? spans.map((span, index) => (
            <span key={index} style={cssOf(span.style)}>
              {span.text}
            </span>
          ))
        : spans.map((span) => span.text).join("")}
    </pre>
  );
});

function cssOf(style: Readonly<TextStyle>): CSSProperties {
  const lines = [style.underline && "underline", style.struck && "line-through"].filter(Boolean).join(" ");
  return {
    ...coloursOf(style),
    ...(style.bold && { fontWeight: 700 }),
    ...(style.dim && { opacity: 0.75 }),
    ...(style.italic && { fontStyle: "italic" }),
    ...(lines !== "" && { textDecoration: lines }),
  };
}

/**
 * Colours of the palette are chosen so that they can be read: light letters on the terminal's dark ground or on the
 * dark kind of a background, and dark letters on the light kind where black or inverse text asks for them.
 */
function coloursOf({ foreground, background, inverse }: Readonly<TextStyle>): CSSProperties {
  const isBlack = foreground?.kind === "palette" && foreground.index === 0;
  if (inverse) {
    return { color: "var(--terminal)", backgroundColor: lightOf(foreground) ?? "var(--terminal-ink)" };
  }
  if (!background) return foreground ? { color: lightOf(foreground) } : {};
  if (isBlack) return { color: "var(--terminal)", backgroundColor: lightOf(background) };
  return { color: lightOf(foreground) ?? "var(--terminal-ink)", backgroundColor: darkOf(background) };
}

function lightOf(colour: TerminalColour | undefined): string | undefined {
  if (!colour) return undefined;
  return colour.kind === "rgb" ? colour.css : `var(--terminal-${colour.index})`;
}

function darkOf(colour: TerminalColour): string {
  return colour.kind === "rgb" ? colour.css : `var(--terminal-ground-${colour.index % 8})`;
}
