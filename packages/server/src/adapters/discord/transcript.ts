import { ButtonStyle, ComponentType } from "discord-api-types/v10";
import { cancelId } from "./component-ids.ts";
import type { DiscordBlock } from "./discord-block.ts";
import { subtext } from "./discord-markdown.ts";
import { textMessage, type DiscordMessage } from "./discord-message.ts";
import { packMessages } from "./pack-messages.ts";

const MAX_ROWS = 5;

/** What an action has put out so far, as the messages that are to stand in Discord. */
export class Transcript {
  readonly #actionId: string;
  #blocks: DiscordBlock[] = [];
  /** Where the progress stands; a later one takes its place. */
  #progressAt: number | undefined;
  #lastOrder = 0;
  #isEnded = false;
  #version = 0;
  #wake: () => void = () => undefined;

  constructor(actionId: string) {
    this.#actionId = actionId;
  }

  /** Counts every change. */
  get version(): number {
    return this.#version;
  }

  /** How many blocks there are: for {@link dropBlocks}. */
  get blockCount(): number {
    return this.#blocks.length;
  }

  /** The order of the last chunk that is in it. */
  get lastOrder(): number {
    return this.#lastOrder;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Adds what a chunk became. */
  add(order: number, blocks: readonly DiscordBlock[]): void {
    this.#blocks.push(...blocks);
    this.#lastOrder = Math.max(this.#lastOrder, order);
    this.#changed();
  }

  /** Shows how far the work has come, in place of what it said before. */
  progress(order: number, block: DiscordBlock): void {
    this.#progressAt ??= this.#blocks.length;
    this.#blocks[this.#progressAt] = block;
    this.#lastOrder = Math.max(this.#lastOrder, order);
    this.#changed();
  }

  /** Nothing more comes; an answer without a word says that it is done. */
  end(): void {
    this.#isEnded = true;
    this.#changed();
  }

  /** Leaves the first blocks where they stand: what comes begins messages of its own. */
  dropBlocks(count: number): void {
    this.#blocks = this.#blocks.slice(count);
    const at = this.#progressAt;
    this.#progressAt = at === undefined || at < count ? undefined : at - count;
    this.#changed();
  }

  /** Resolves once the version is another than this one. */
  async changed(since: number): Promise<void> {
    if (this.#version !== since) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** The messages that are to stand now; while the action runs, the last has a button that cancels it. */
  messages({ isFirst }: { readonly isFirst: boolean }): readonly DiscordMessage[] {
    const messages = packMessages(this.#blocks, { isEnded: this.#isEnded });
    if (this.#isEnded) {
      return messages.length === 0 && isFirst ? [textMessage(subtext("Done."))] : messages;
    }
    const last = messages.at(-1) ?? (isFirst ? textMessage(subtext("Working on it...")) : undefined);
    if (!last || last.rows.length >= MAX_ROWS) return messages;
    return [...messages.slice(0, -1), { ...last, rows: [...last.rows, this.#cancelRow()] }];
  }

  #cancelRow(): DiscordMessage["rows"][number] {
    const custom_id = cancelId(this.#actionId);
    return {
      type: ComponentType.ActionRow,
      components: [{ type: ComponentType.Button, style: ButtonStyle.Danger, label: "Cancel", custom_id }],
    };
  }

  #changed(): void {
    this.#version += 1;
    this.#wake();
  }
}
