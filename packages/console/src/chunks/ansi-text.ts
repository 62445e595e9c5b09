const ESCAPE = 0x1b;
const BELL = 0x07;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const DELETE = 0x7f;
const OPEN_BRACKET = "[";
const CLOSE_BRACKET = "]";

/** After this many changes of looks the rest of a text has one style. */
const MOST_CHANGES = 2000;

/** A colour: one of the sixteen of a terminal's palette, or one of its own. */
export type TerminalColour =
  | { readonly kind: "palette"; readonly index: number }
  | { readonly kind: "rgb"; readonly css: string };

/** How a piece of text looks, as ECMA-48 SGR says it; what is not named is as usual. */
export interface TextStyle {
  foreground?: TerminalColour;
  background?: TerminalColour;
  bold?: true;
  dim?: true;
  italic?: true;
  underline?: true;
  struck?: true;
  inverse?: true;
}

/** A run of text in one style. */
export interface TextSpan {
  readonly text: string;
  readonly style: Readonly<TextStyle>;
}

const PLAIN: TextStyle = {};

/** Whether the text changes its looks by a control sequence. */
export function hasColours(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the escape of ECMA-48
  return /\x1b\[[0-9;:]*m/.test(text);
}

/**
 * The text without terminal control sequences (ECMA-48: CSI, OSC and two-character escapes) and other control
 * characters but tab and newline. A carriage return with a newline is a newline; alone it begins the line anew.
 */
export function stripAnsi(text: string): string {
  return ansiSpans(text)
    .map((span) => span.text)
    .join("");
}

/** The text as {@link stripAnsi} leaves it, cut where its looks change. */
export function ansiSpans(text: string): readonly TextSpan[] {
  const spans: TextSpan[] = [];
  /** Where in `spans` the last line begins. */
  let lineStart = 0;
  let style = PLAIN;
  let changes = 0;
  let run = "";
  const endRun = () => {
    if (run !== "") spans.push({ text: run, style });
    run = "";
  };
  let index = 0;
  let from = 0;
  const take = (until: number) => {
    run += text.slice(from, until);
    from = until;
  };
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (isPrinted(code)) {
      index += 1;
      if (code !== NEWLINE) continue;
      take(index);
      endRun();
      lineStart = spans.length;
      continue;
    }
    take(index);
    if (code === ESCAPE) {
      const end = endOfSequence(text, index);
      const changed = styleAfter(style, text.slice(index, end));
      if (changed !== style && changes < MOST_CHANGES) {
        changes += 1;
        endRun();
        style = changed;
      }
      index = end;
    } else {
      if (code === RETURN && index + 1 < text.length && text.charCodeAt(index + 1) !== NEWLINE) {
        run = "";
        spans.length = lineStart;
      }
      index += 1;
    }
    from = index;
  }
  take(text.length);
  endRun();
  return joined(spans);
}

/** Lines of one style become one piece again. */
function joined(spans: readonly TextSpan[]): readonly TextSpan[] {
  const pieces: { texts: string[]; style: TextStyle }[] = [];
  for (const { text, style } of spans) {
    const last = pieces.at(-1);
    if (last?.style === style) last.texts.push(text);
    else pieces.push({ texts: [text], style });
  }
  return pieces.map(({ texts, style }) => ({ text: texts.join(""), style }));
}

function isPrinted(code: number): boolean {
  if (code <= 0x1f) return code === TAB || code === NEWLINE;
  return code < DELETE || code > 0x9f;
}

function endOfSequence(text: string, start: number): number {
  const kind = text[start + 1];
  if (kind === OPEN_BRACKET) {
    let index = start + 2;
    while (index < text.length && !isBetween(text.charCodeAt(index), 0x40, 0x7e)) index += 1;
    return Math.min(index + 1, text.length);
  }
  if (kind === CLOSE_BRACKET) {
    let index = start + 2;
    while (index < text.length) {
      const code = text.charCodeAt(index);
      if (code === BELL) return index + 1;
      if (code === ESCAPE) return Math.min(index + 2, text.length);
      index += 1;
    }
    return index;
  }
  let index = start + 1;
  while (index < text.length && isBetween(text.charCodeAt(index), 0x20, 0x2f)) index += 1;
  return Math.min(index + 1, text.length);
}

function isBetween(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}

// oxlint-disable-next-line no-control-regex -- the escape of ECMA-48
const GRAPHIC_RENDITION = /^\x1b\[([0-9;:]*)m$/;

/** The style after a sequence; the same object when the sequence says nothing about looks. */
function styleAfter(style: TextStyle, sequence: string): TextStyle {
  const parameters = GRAPHIC_RENDITION.exec(sequence)?.[1];
  if (parameters === undefined) return style;
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let changed = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, length } = extendedColour(codes.slice(at + 1));
      at += length;
      if (colour) changed = { ...changed, [code === 38 ? "foreground" : "background"]: colour };
    } else {
      changed = withCode(changed, code);
    }
  }
  return Object.keys(changed).length === 0 ? PLAIN : changed;
}

const SET: ReadonlyMap<number, TextStyle> = new Map<number, TextStyle>([
  [1, { bold: true }],
  [2, { dim: true }],
  [3, { italic: true }],
  [4, { underline: true }],
  [7, { inverse: true }],
  [9, { struck: true }],
]);

const UNSET: ReadonlyMap<number, readonly (keyof TextStyle)[]> = new Map<
  number,
  readonly (keyof TextStyle)[]
>([
  [22, ["bold", "dim"]],
  [23, ["italic"]],
  [24, ["underline"]],
  [27, ["inverse"]],
  [29, ["struck"]],
  [39, ["foreground"]],
  [49, ["background"]],
]);

function withCode(style: TextStyle, code: number): TextStyle {
  if (code === 0) return PLAIN;
  const unset = UNSET.get(code);
  if (unset) {
    const rest = { ...style };
    for (const key of unset) delete rest[key];
    return rest;
  }
  return { ...style, ...(SET.get(code) ?? paletteColour(code)) };
}

function paletteColour(code: number): TextStyle {
  if (isBetween(code, 30, 37)) return { foreground: { kind: "palette", index: code - 30 } };
  if (isBetween(code, 90, 97)) return { foreground: { kind: "palette", index: code - 90 + 8 } };
  if (isBetween(code, 40, 47)) return { background: { kind: "palette", index: code - 40 } };
  if (isBetween(code, 100, 107)) return { background: { kind: "palette", index: code - 100 + 8 } };
  return {};
}

/** The colour behind 38 or 48: `5;N` of xterm's 256, or `2;R;G;B`; and how many parameters it takes. */
function extendedColour(codes: readonly number[]): {
  colour: TerminalColour | undefined;
  length: number;
} {
  const [form, first = 0, second = 0, third = 0] = codes;
  if (form === 5) return { colour: indexedColour(first), length: 2 };
  if (form === 2) return { colour: rgb(first, second, third), length: 4 };
  return { colour: undefined, length: codes.length };
}

function indexedColour(index: number): TerminalColour | undefined {
  if (isBetween(index, 0, 15)) return { kind: "palette", index };
  if (isBetween(index, 232, 255)) {
    const grey = (index - 232) * 10 + 8;
    return rgb(grey, grey, grey);
  }
  if (!isBetween(index, 16, 231)) return undefined;
  const step = (digit: number) => (digit === 0 ? 0 : digit * 40 + 55);
  const cube = index - 16;
  return rgb(step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6));
}

function rgb(red: number, green: number, blue: number): TerminalColour {
  const part = (value: number) => Math.min(255, value);
  return { kind: "rgb", css: `rgb(${part(red)} ${part(green)} ${part(blue)})` };
}
