import { memo } from "react";
import { stripAnsi } from "./strip-ansi.ts";

/** Text as a terminal would show it, without colours. */
export const PlainText = memo(function PlainText({ text }: { text: string }) {
  return (
    <pre className="font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">{stripAnsi(text)}</pre>
  );
});
