import { copyText } from "./copy-text.ts";

const LANGUAGE = /^language-([\w+#-]+)$/;
/** Longer code is not highlighted: it would hold up the page. */
const LONGEST_HIGHLIGHTED = 50_000;
const COPIED_MILLISECONDS = 2000;

/**
 * Gives each block of code a button that copies it, and colours where it names its language. What is inside has been
 * sanitised. Returns how to stop what is still under way.
 */
export function dressCode(root: HTMLElement): () => void {
  const stop = new AbortController();
  for (const block of root.querySelectorAll("pre")) {
    const code = block.querySelector("code") ?? block;
    const text = code.textContent;
    const frame = document.createElement("div");
    frame.className = "code-frame";
    block.replaceWith(frame);
    // What scrolls must be reachable by keyboard.
    block.tabIndex = 0;
    const language = LANGUAGE.exec(code.className)?.[1];
    frame.append(block, copyButton(text));
    if (language !== undefined && text.length <= LONGEST_HIGHLIGHTED) {
      void highlight({ code, text, language, signal: stop.signal });
    }
  }
  return () => stop.abort();
}

async function highlight(given: { code: Element; text: string; language: string; signal: AbortSignal }) {
  try {
    const { highlightedHtml } = await import("./highlight.ts");
    const html = highlightedHtml(given.text, given.language);
    if (html !== undefined && !given.signal.aborted) given.code.innerHTML = html;
  } catch {
    // Without colours, when their part of the program cannot be loaded: the code stands there as it is.
  }
}

function copyButton(text: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-button";
  button.textContent = "Copy";
  button.title = "Copy the code";
  button.addEventListener("click", () => {
    void copyText(text).then((isCopied) => {
      button.textContent = isCopied ? "Copied" : "Not copied";
      setTimeout(() => {
        button.textContent = "Copy";
      }, COPIED_MILLISECONDS);
    });
  });
  return button;
}
