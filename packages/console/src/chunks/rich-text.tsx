import { lazy, Suspense } from "react";
import { PlainText } from "./plain-text.tsx";

const Markup = lazy(async () => ({ default: (await import("./markup.tsx")).Markup }));

/** Markdown or HTML from a command; until the means to draw it are loaded, Markdown stands as it was written. */
export function RichText({ kind, text }: { kind: "markdown" | "html"; text: string }) {
  const fallback = kind === "markdown" ? <PlainText text={text} /> : <p className="text-muted">Loading</p>;
  return (
    <Suspense fallback={fallback}>
      <Markup kind={kind} text={text} />
    </Suspense>
  );
}
