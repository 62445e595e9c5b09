const ESCAPE = 0x1b;
const BELL = 0x07;
const TAB = 0x09;
const NEWLINE = 0x0a;
const DELETE = 0x7f;
const OPEN_BRACKET = "[";
const CLOSE_BRACKET = "]";

/**
 * Removes terminal control sequences (ECMA-48: CSI, OSC and two-character escapes) and other control characters but
 * tab and newline. A carriage return with a newline is a newline; alone it begins the line anew, as in a terminal.
 */
export function stripAnsi(text: string): string {
  let plain = "";
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === ESCAPE) {
      index = endOfSequence(text, index);
      continue;
    }
    if (text[index] === "\r" && text[index + 1] !== "\n" && index + 1 < text.length) {
      plain = plain.slice(0, plain.lastIndexOf("\n") + 1);
    } else if (code === TAB || code === NEWLINE || (code > 0x1f && code !== DELETE && !isC1(code))) {
      plain += text[index];
    }
    index += 1;
  }
  return plain;
}

function isC1(code: number): boolean {
  return code >= 0x80 && code <= 0x9f;
}

function endOfSequence(text: string, start: number): number {
  const kind = text[start + 1];
  if (kind === OPEN_BRACKET) {
    let index = start + 2;
    while (index < text.length && !isBetween(text.charCodeAt(index), 0x40, 0x7e)) index += 1;
    return index + 1;
  }
  if (kind === CLOSE_BRACKET) {
    let index = start + 2;
    while (index < text.length) {
      const code = text.charCodeAt(index);
      if (code === BELL) return index + 1;
      if (code === ESCAPE) return index + 2;
      index += 1;
    }
    return index;
  }
  let index = start + 1;
  while (index < text.length && isBetween(text.charCodeAt(index), 0x20, 0x2f)) index += 1;
  return index + 1;
}

function isBetween(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}
