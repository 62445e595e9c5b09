import { Marked } from "marked";
import { useMemo } from "react";
import { sanitise } from "./sanitise.ts";

const marked = new Marked({ gfm: true, breaks: false, async: false });

/** Markdown or HTML from a command, made harmless. Loaded when first needed, as its libraries are heavy. */
export function Markup({ kind, text }: { kind: "markdown" | "html"; text: string }) {
  const html = useMemo(() => {
    const written = kind === "html" ? text : marked.parse(text, { async: false });
    return sanitise(written);
  }, [kind, text]);
  return <div className="rich" dangerouslySetInnerHTML={{ __html: html }} />;
}
