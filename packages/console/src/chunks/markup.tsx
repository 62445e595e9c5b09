import { Marked } from "marked";
import { memo, useLayoutEffect, useMemo, useRef } from "react";
import { dressCode } from "./dress-code.ts";
import { sanitise } from "./sanitise.ts";

const marked = new Marked({ gfm: true, breaks: false, async: false });

/** Markdown or HTML from a command, made harmless. Loaded when first needed, as its libraries are heavy. */
export const Markup = memo(function Markup({ kind, text }: { kind: "markdown" | "html"; text: string }) {
  const html = useMemo(() => {
    const written = kind === "html" ? text : marked.parse(text, { async: false });
    return sanitise(written);
  }, [kind, text]);
  const box = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- new HTML makes new blocks of code
  useLayoutEffect(() => (box.current ? dressCode(box.current) : undefined), [html]);
  return <div ref={box} className="rich" dangerouslySetInnerHTML={{ __html: html }} />;
});
