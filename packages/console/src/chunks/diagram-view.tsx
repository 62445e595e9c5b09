import { useEffect, useState } from "react";
import { Spinner } from "../design/spinner.tsx";
import { useDark } from "../design/use-dark.ts";
import { drawDiagram } from "../diagram/diagram-frame.ts";
import { PlainText } from "./plain-text.tsx";
import { shortened } from "./shown-text.ts";

type Drawing =
  | { readonly state: "pending" }
  | { readonly state: "drawn"; readonly address: string }
  | { readonly state: "refused"; readonly reason: string };

const PENDING: Drawing = { state: "pending" };
const LONGEST_SOURCE = 20_000;

/** A Mermaid diagram as a picture, with its text for whoever wants or needs it. */
export function DiagramView({ source }: { source: string }) {
  const isDark = useDark();
  const [drawing, setDrawing] = useState(PENDING);
  useEffect(() => {
    let isCurrent = true;
    drawDiagram({ source, isDark }).then(
      (svg) => {
        const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
        if (isCurrent) setDrawing({ state: "drawn", address });
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (isCurrent) setDrawing({ state: "refused", reason });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [source, isDark]);
  const text = <PlainText text={shortened(source, LONGEST_SOURCE)} />;
  if (drawing.state === "pending") return <Spinner label="Drawing the diagram" />;
  if (drawing.state === "refused") {
    return (
      <div className="grid gap-2">
        <p className="text-sm text-danger [overflow-wrap:anywhere]">
          The diagram cannot be drawn. {drawing.reason}
        </p>
        {text}
      </div>
    );
  }
  return (
    <figure className="grid max-w-full gap-1">
      <section
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Diagram"
        className="max-h-[70dvh] w-fit max-w-full overflow-auto rounded-md border border-line bg-surface p-3"
      >
        <img
          src={drawing.address}
          alt="Diagram; its text is below"
          className="h-auto max-w-[max(100%,40rem)]"
        />
      </section>
      <details className="text-sm">
        <summary className="w-fit rounded text-muted">The diagram as text</summary>
        <div className="mt-1 rounded-md bg-sunken p-3">{text}</div>
      </details>
    </figure>
  );
}
