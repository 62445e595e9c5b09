import { MIME, type Logger } from "@guildhall/sdk";
import type { ChatRequest } from "../../hall/chat-connection.ts";
import type { ChatOutput } from "../../hall/chat-output.ts";
import type { AnswerTarget } from "./answer-target.ts";
import type { AnswerTime } from "./answer-time.ts";
import { DiscordApiError, type DiscordApi } from "./discord-api.ts";
import { escapeDiscord, subtext } from "./discord-markdown.ts";
import { COLOURS } from "./embed-colours.ts";
import type { FirstAnswer } from "./first-answer.ts";
import { MessageWriter } from "./message-writer.ts";
import { fileBlock } from "./pack-messages.ts";
import { renderChunk } from "./render-chunk.ts";
import { Transcript } from "./transcript.ts";

/** An interaction's token lives 15 minutes; a minute before, the answer goes on in the channel. */
const TOKEN_MILLISECONDS = 14 * 60_000;
/** Between two rounds of edits; Discord takes five edits in five seconds. */
const ROUND_MILLISECONDS = 1000;
/** So long the first round waits for output that comes together. */
const GATHER_MILLISECONDS = 30;
/** After so long without output the deferral gets words, and a button that cancels. */
const SILENCE_MILLISECONDS = 5000;
/** So long after the interaction Discord may not yet know the acknowledgement. */
const YOUNG_MILLISECONDS = 5000;
const YOUNG_RETRY_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
const MAX_ATTEMPTS = 12;

/** What answers stand on. */
export interface AnswerSurroundings {
  readonly api: DiscordApi;
  readonly time: AnswerTime;
  /** Whether there is a bot's token, and so a way to write without an interaction. */
  readonly canPost: boolean;
  readonly log: Logger;
}

/**
 * Shows an action's output in Discord as it comes: with the acknowledgement or in place of the deferral, by edits and
 * follow-ups about once a second, and by the bot's own messages once the interaction's token nears its end.
 */
export async function answerAction(
  request: ChatRequest,
  given: AnswerSurroundings & { readonly target: AnswerTarget; readonly first: FirstAnswer | undefined },
): Promise<void> {
  const answer = new ActionAnswer(request, given);
  const stop = new AbortController();
  const reading = answer.read().finally(() => stop.abort());
  const [read, written] = await Promise.allSettled([reading, answer.write(stop.signal)]);
  if (read.status === "rejected") throw read.reason;
  if (written.status === "rejected") throw written.reason;
}

class ActionAnswer {
  readonly #request: ChatRequest;
  readonly #given: AnswerSurroundings & { readonly target: AnswerTarget };
  readonly #transcript: Transcript;
  readonly #writer: MessageWriter;
  #hasSaidWhy = false;
  /** How much of the transcript stands in Discord. */
  #writtenBlocks = 0;
  #attempts = 0;
  #isClosed = false;

  constructor(
    request: ChatRequest,
    given: AnswerSurroundings & { readonly target: AnswerTarget; readonly first: FirstAnswer | undefined },
  ) {
    this.#request = request;
    this.#given = given;
    this.#transcript = new Transcript(request.actionId);
    const { api, target, first } = given;
    this.#writer = new MessageWriter({ api, target, first, isResumed: request.isResumed });
  }

  /** Takes the output as it comes. */
  async read(): Promise<void> {
    for await (const output of this.#request.output) {
      if (output.kind === "chunk") await this.#take(output.chunk);
      else this.#end(output);
    }
    this.#transcript.end();
  }

  /** Writes, round by round, until all is written or cannot be. `readEnded` aborts when no more output comes. */
  async write(readEnded: AbortSignal): Promise<void> {
    const { time } = this.#given;
    const { signal } = this.#request;
    let seen = -1;
    let nearsEnd = this.#tokenNearsEnd(readEnded);
    await Promise.race([this.#transcript.changed(0), time.wait(SILENCE_MILLISECONDS, readEnded)]);
    if (this.#transcript.version > 0) await time.wait(GATHER_MILLISECONDS, readEnded);
    while (!this.#isClosed && !signal.aborted) {
      const { version, isEnded } = this.#transcript;
      if (version !== seen) {
        const isDone = await this.#round();
        if (isDone && isEnded) return;
        if (isDone) seen = version;
      } else if (readEnded.aborted) {
        return;
      }
      await time.wait(ROUND_MILLISECONDS, readEnded);
      if (!readEnded.aborted) {
        await Promise.race([this.#transcript.changed(seen), nearsEnd]);
        if (this.#isLate()) {
          seen = -1;
          nearsEnd = ended(readEnded);
        }
      }
    }
  }

  async #take(chunk: Extract<ChatOutput, { kind: "chunk" }>["chunk"]): Promise<void> {
    const { order, audience, name, mime } = chunk;
    const isEphemeral = audience === "asker";
    const rendered = renderChunk(chunk);
    switch (rendered.kind) {
      case "blocks":
        this.#hasSaidWhy ||= mime === MIME.notice;
        return this.#transcript.add(order, rendered.blocks);
      case "progress":
        return this.#transcript.progress(order, { kind: "text", markup: rendered.markup, isEphemeral });
      case "binary": {
        const { bytes } = await this.#request.bytes(order);
        const isPicture = mime.startsWith("image/");
        const file = {
          name: fileName({ name, mime, order }),
          mime,
          bytes,
          ...(isPicture && name !== null ? { description: name.slice(0, 1024) } : {}),
        };
        return this.#transcript.add(order, [fileBlock(file, { isEphemeral })]);
      }
    }
  }

  #end({ state, error }: Extract<ChatOutput, { kind: "end" }>): void {
    if (state === "cancelled") {
      this.#transcript.add(0, [{ kind: "text", markup: subtext("Cancelled."), isEphemeral: false }]);
    } else if (error && !this.#hasSaidWhy) {
      const embed = { color: COLOURS.error, description: escapeDiscord(error.message) };
      this.#transcript.add(0, [{ kind: "embed", embed, isEphemeral: false }]);
    }
  }

  /** Writes what differs; false when it must be tried again. */
  async #round(): Promise<boolean> {
    const { lastOrder, blockCount, isEnded } = this.#transcript;
    try {
      if (this.#isLate()) await this.#leaveToken();
      await this.#writer.write(this.#transcript.messages({ isFirst: this.#writer.isFirst }));
      this.#writtenBlocks = blockCount;
      this.#attempts = 0;
    } catch (error) {
      if (!(error instanceof DiscordApiError)) throw error;
      await this.#recover(error);
      return false;
    }
    // An answer that is whole is noted as such by whoever asked for it.
    if (!isEnded) await this.#request.answered(lastOrder);
    return true;
  }

  /** The token's time is nearly over: says so where the bot cannot go on, else begins messages of its own. */
  async #leaveToken(): Promise<void> {
    if (this.#given.canPost) {
      this.#dropWritten();
      return;
    }
    const markup = subtext("Discord takes answers for 15 minutes only: the rest is kept in the hall.");
    this.#transcript.add(0, [{ kind: "text", markup, isEphemeral: false }]);
    this.#isClosed = true;
  }

  #dropWritten(): void {
    this.#transcript.dropBlocks(this.#writtenBlocks);
    this.#writtenBlocks = 0;
    this.#writer.leaveToken();
  }

  async #recover(error: DiscordApiError): Promise<void> {
    const { log, canPost, time } = this.#given;
    const { actionId, signal } = this.#request;
    this.#attempts += 1;
    const giveUp = () => {
      this.#isClosed = true;
      log.warn({ err: error, actionId }, "an answer could not be shown in Discord; it is kept in the hall");
    };
    switch (error.fault) {
      case "gone":
        if (this.#isYoung() && this.#attempts <= 3) await time.wait(YOUNG_RETRY_MILLISECONDS, signal);
        else if (this.#writer.isByToken && canPost) this.#dropWritten();
        else giveUp();
        return;
      case "unavailable":
        if (this.#attempts > MAX_ATTEMPTS) giveUp();
        else await time.wait(Math.min(LONGEST_PAUSE_MILLISECONDS, 1000 * 2 ** this.#attempts), signal);
        return;
      case "refused":
      case "unauthorized":
        return giveUp();
    }
  }

  #age(): number {
    const { interaction } = this.#given.target;
    return interaction ? this.#given.time.now().getTime() - interaction.madeAt : Number.POSITIVE_INFINITY;
  }

  #isYoung(): boolean {
    return this.#writer.isByToken && this.#age() < YOUNG_MILLISECONDS;
  }

  #isLate(): boolean {
    return this.#writer.isByToken && this.#age() >= TOKEN_MILLISECONDS;
  }

  async #tokenNearsEnd(signal: AbortSignal): Promise<void> {
    if (!this.#writer.isByToken) return await ended(signal);
    await this.#given.time.wait(Math.max(0, TOKEN_MILLISECONDS - this.#age()), signal);
  }
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** A name for an attachment; for a picture the name is its description, so it gets one by its kind. */
function fileName({ name, mime, order }: { name: string | null; mime: string; order: number }): string {
  const [, kind = "bin"] = /\/([a-z0-9]+)/.exec(mime) ?? [];
  if (mime.startsWith("image/")) return `picture-${order}.${kind === "svg" ? "svg" : kind}`;
  return name ?? `file-${order}.${kind}`;
}
