import { DiagramMessage, type DiagramRequest } from "./diagram-message.ts";

/** A diagram that takes longer is given up. */
const PATIENCE_MS = 10_000;
const LONGEST_SOURCE = 50_000;

interface Waiting {
  readonly request: DiagramRequest;
  readonly resolve: (svg: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Draws Mermaid diagrams one after the other in a hidden frame without this page's origin. A frame that takes too long
 * is thrown away, and the next diagram gets a new one.
 */
class DiagramFrame {
  #frame: HTMLIFrameElement | undefined;
  #isReady = false;
  #queue: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextId = 1;

  constructor() {
    window.addEventListener("message", ({ data, source }: MessageEvent<unknown>) => {
      if (!this.#frame || source !== this.#frame.contentWindow) return;
      const message = DiagramMessage.safeParse(data);
      if (message.success) this.#take(message.data);
    });
  }

  /** The diagram as the text of an SVG picture. @throws Error that says why it cannot be drawn */
  draw({ source, isDark }: { readonly source: string; readonly isDark: boolean }): Promise<string> {
    if (source.length > LONGEST_SOURCE) {
      return Promise.reject(new Error(`It is longer than ${LONGEST_SOURCE.toLocaleString()} characters.`));
    }
    const request = { id: this.#nextId, source, isDark };
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      if (this.#queue.length === 1) this.#begin();
    });
  }

  #begin(): void {
    const first = this.#queue[0];
    if (!first) return;
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE_MS);
    if (this.#isReady) this.#post(first.request);
    else this.#frame ??= openFrame();
  }

  #post(request: DiagramRequest): void {
    // The frame's origin is opaque, so that there is none to name; only the frame itself is addressed.
    this.#frame?.contentWindow?.postMessage(request, "*");
  }

  #take(message: DiagramMessage): void {
    const first = this.#queue[0];
    if (message.kind === "ready") {
      this.#isReady = true;
      if (first) this.#post(first.request);
      return;
    }
    if (message.id !== first?.request.id) return;
    if (message.kind === "drawn") first.resolve(message.svg);
    else first.reject(new Error(message.reason));
    this.#next();
  }

  #giveUp(): void {
    const wasReady = this.#isReady;
    this.#frame?.remove();
    this.#frame = undefined;
    this.#isReady = false;
    this.#queue[0]?.reject(
      new Error(
        wasReady
          ? `It takes longer than ${PATIENCE_MS / 1000} seconds.`
          : "The part of the console that draws diagrams cannot be loaded.",
      ),
    );
    this.#next();
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#queue.shift();
    this.#begin();
  }
}

function openFrame(): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.title = "Drawing of diagrams";
  frame.setAttribute("sandbox", "allow-scripts");
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  // It must have a size, as what is not laid out cannot be measured.
  frame.style.cssText =
    "position:fixed;left:0;top:0;width:1200px;height:800px;border:0;opacity:0;pointer-events:none;z-index:-1;transform:translateX(-200vw)";
  frame.src = "/diagram.html";
  document.body.append(frame);
  return frame;
}

let frame: DiagramFrame | undefined;

/** Draws a diagram; see {@link DiagramFrame}. */
export function drawDiagram(diagram: { readonly source: string; readonly isDark: boolean }): Promise<string> {
  frame ??= new DiagramFrame();
  return frame.draw(diagram);
}
