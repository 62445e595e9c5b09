// Runs inside a sandboxed frame of an origin of its own, which reaches neither the page nor any site: what a diagram
// makes its library do stays in here. Only the finished picture leaves, and the page shows it as an image.
import mermaid from "mermaid";
import * as z from "zod/mini";
import { DiagramRequest, type DiagramMessage } from "./diagram-message.ts";

z.config({ jitless: true });

const MOST_CHARACTERS = 50_000;
const MOST_EDGES = 400;
const LONGEST_REASON = 500;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

const LIGHT = {
  darkMode: false,
  background: "#ffffff",
  primaryColor: "#e4efec",
  primaryTextColor: "#1d1c1a",
  primaryBorderColor: "#1f5f57",
  secondaryColor: "#f3e9d3",
  tertiaryColor: "#efede7",
  lineColor: "#5d594f",
  textColor: "#1d1c1a",
};
const DARK = {
  darkMode: true,
  background: "#201f1d",
  primaryColor: "#21413b",
  primaryTextColor: "#edebe6",
  primaryBorderColor: "#74c9ba",
  secondaryColor: "#4a3d1f",
  tertiaryColor: "#2a2926",
  lineColor: "#aea99e",
  textColor: "#edebe6",
};

function answer(message: DiagramMessage): void {
  // The frame has no origin to name and no other parent than the page.
  window.parent.postMessage(message, "*");
}

async function draw({ id, source, isDark }: DiagramRequest): Promise<void> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    maxTextSize: MOST_CHARACTERS,
    maxEdges: MOST_EDGES,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    theme: "base",
    themeVariables: { ...(isDark ? DARK : LIGHT), fontFamily: FONT, fontSize: "14px" },
    fontFamily: FONT,
    // What a diagram may not change for itself.
    secure: [
      "secure",
      "securityLevel",
      "startOnLoad",
      "maxTextSize",
      "suppressErrorRendering",
      "maxEdges",
      "htmlLabels",
      "themeCSS",
      "fontFamily",
    ],
  });
  const { svg } = await mermaid.render(`diagram-${id}`, source);
  answer({ kind: "drawn", id, svg: asPicture(svg) });
}

/** The drawing as an image file needs it: well-formed, and as large as it is drawn. */
function asPicture(drawn: string): string {
  const box = document.createElement("div");
  box.innerHTML = drawn;
  document.body.append(box);
  const svg = box.querySelector("svg");
  if (!svg) throw new Error("The diagram is empty.");
  const { width, height } = svg.viewBox.baseVal;
  if (width > 0 && height > 0) {
    svg.setAttribute("width", String(Math.ceil(width)));
    svg.setAttribute("height", String(Math.ceil(height)));
  }
  const text = new XMLSerializer().serializeToString(svg);
  box.remove();
  return text;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_REASON);
}

window.addEventListener("message", ({ data, source }: MessageEvent<unknown>) => {
  const request = DiagramRequest.safeParse(data);
  if (!request.success || source !== window.parent) return;
  draw(request.data).catch((error: unknown) => {
    answer({ kind: "refused", id: request.data.id, reason: reasonOf(error) });
  });
});
answer({ kind: "ready" });
