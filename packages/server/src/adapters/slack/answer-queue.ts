import type { ActionResponseChunk } from "../../data/models.ts";
import type { Waiting } from "./answer-ladder.ts";
import type { ShownChunk } from "./chunk-parts.ts";
import type { MessageButton } from "./slack-message.ts";
import { plainParts, type RichPart } from "./slack-text.ts";

/** Text and buttons that wait, all for the same readers; or one file. */
export type Batch =
  | {
      readonly kind: "message";
      readonly forAsker: boolean;
      readonly parts: readonly RichPart[];
      readonly buttons: readonly MessageButton[];
      /** The last chunk in it. */
      readonly order: number;
      readonly count: number;
    }
  | { readonly kind: "file"; readonly forAsker: boolean; readonly order: number; readonly count: 1 };

interface Item {
  readonly order: number;
  readonly since: number;
  readonly forAsker: boolean;
  /** Undefined for a file. */
  readonly content:
    | { readonly parts: readonly RichPart[]; readonly buttons: readonly MessageButton[] }
    | undefined;
}

/** An action's output between the hall and Slack, in order. */
export class AnswerQueue {
  #items: Item[] = [];
  #progress: { readonly parts: readonly RichPart[]; readonly since: number; shown: boolean } | undefined;
  #hasEnded = false;
  #hasShown = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  /** Nothing more will come; what waits may still have to be sent. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** How far the work has come, as it was told last. */
  get progress(): readonly RichPart[] {
    return this.#progress?.parts ?? [];
  }

  /** Whether anything but progress was ever to be shown. */
  get hasShown(): boolean {
    return this.#hasShown;
  }

  add(chunk: ActionResponseChunk, shown: ShownChunk, now: number): void {
    const item = { order: chunk.order, since: now, forAsker: chunk.audience === "asker" || isMistake(shown) };
    if (shown.kind === "progress") {
      // Between two sends only the newest counts, from when the first of them came.
      const since = this.#progress && !this.#progress.shown ? this.#progress.since : now;
      this.#progress = { parts: shown.parts, since, shown: false };
    } else if (shown.kind === "text" || shown.kind === "buttons") {
      const parts = shown.kind === "text" ? shown.parts : [];
      const buttons = shown.kind === "buttons" ? shown.buttons : [];
      this.#items.push({ ...item, content: { parts, buttons } });
      this.#hasShown = true;
    } else if (shown.kind === "file") {
      this.#items.push({ ...item, content: undefined });
      this.#hasShown = true;
    }
    this.#wake();
  }

  /** Tells the asker something that is no part of the output. */
  say(words: string, now: number): void {
    const content = { parts: plainParts(words), buttons: [] };
    this.#items.push({ order: 0, since: now, forAsker: true, content });
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.#progress = undefined;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#wake();
  }

  /** What is to be sent next, as the ladder asks for it; undefined while there is nothing. @throws what {@link fail} was given */
  waiting(): Waiting | undefined {
    if (this.#failure) throw this.#failure.error;
    const [first] = this.#items;
    if (first) return { ...first, isProgress: false, hasEnded: this.#hasEnded };
    if (!this.#progress || this.#progress.shown) return undefined;
    return { since: this.#progress.since, forAsker: false, isProgress: true, hasEnded: this.#hasEnded };
  }

  /** Resolves at the next change. */
  async changed(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** All that can go out together now. With nothing but progress it is empty. */
  batch(): Batch {
    const [first] = this.#items;
    if (!first) return { kind: "message", forAsker: false, parts: [], buttons: [], order: 0, count: 0 };
    const { forAsker } = first;
    if (!first.content) return { kind: "file", forAsker, order: first.order, count: 1 };
    const parts: RichPart[] = [];
    const buttons: MessageButton[] = [];
    let count = 0;
    let { order } = first;
    for (const item of this.#items) {
      if (!item.content || item.forAsker !== forAsker) break;
      parts.push(...item.content.parts);
      buttons.push(...item.content.buttons);
      order = Math.max(order, item.order);
      count += 1;
    }
    return { kind: "message", forAsker, parts, buttons, order, count };
  }

  /** Takes a batch out; what is left of it goes out next. */
  take(
    { count, order, forAsker }: Batch,
    left?: Pick<Extract<Batch, { kind: "message" }>, "parts" | "buttons">,
  ): void {
    const [first] = this.#items;
    this.#items = this.#items.slice(count);
    if (left && first) this.#items.unshift({ order, since: first.since, forAsker, content: left });
    if (this.#progress) this.#progress.shown = true;
  }
}

/** What went wrong is for the person who asked, not for the channel (requirements M-11). */
function isMistake(shown: ShownChunk): boolean {
  return shown.kind === "text" && shown.isMistake === true;
}
