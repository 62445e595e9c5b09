import { once } from "node:events";
import type { Clock, Logger } from "@guildhall/sdk";
import type { ChatRequest } from "../../hall/chat-connection.ts";
import { toError } from "../../kernel/to-error.ts";
import type { SlackAnswerAddress } from "./answer-address.ts";
import { AnswerLadder } from "./answer-ladder.ts";
import { AnswerQueue, type Batch } from "./answer-queue.ts";
import { CANCEL, shownChunk } from "./chunk-parts.ts";
import { postResponse } from "./response-url.ts";
import type { SlackApi } from "./slack-api.ts";
import { SlackFault } from "./slack-fault.ts";
import {
  fitsInMessage,
  plainTextOf,
  slackMessage,
  splitParts,
  type MessageButton,
  type SlackMessage,
} from "./slack-message.ts";
import { plainParts, type RichPart } from "./slack-text.ts";

/** Text that makes more messages than this is sent as a file. */
const MESSAGES_BEFORE_FILE = 3;
const FILE_PREVIEW = 600;
const RETRY_MILLISECONDS = 2000;
/** How long Slack may be away or ask to wait before a way is given up. */
const PATIENCE_MILLISECONDS = 5 * 60_000;

/** What answering stands on. */
export interface SlackAnswerSurroundings {
  /** The bot of the channel's workspace; undefined without a token. */
  readonly api: SlackApi | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly log: Logger;
}

type Way = "response" | "message" | "edit" | "ephemeral";
type MessageBatch = Extract<Batch, { kind: "message" }>;

/** Shows one action's output in Slack, by the ways that are open, in the order that {@link AnswerLadder} gives. */
export class SlackAnswer {
  readonly #request: ChatRequest;
  readonly #address: SlackAnswerAddress;
  readonly #given: SlackAnswerSurroundings;
  readonly #ladder: AnswerLadder;
  readonly #queue = new AnswerQueue();
  /** The bot's own message that later output is edited into. */
  #live:
    | { readonly ts: string; readonly parts: readonly RichPart[]; readonly buttons: readonly MessageButton[] }
    | undefined;
  #troubledSince: number | undefined;
  #hasJoined = false;
  #mayUpload = true;

  constructor(request: ChatRequest, address: SlackAnswerAddress, given: SlackAnswerSurroundings) {
    this.#request = request;
    this.#address = address;
    this.#given = given;
    this.#ladder = new AnswerLadder({
      receivedAt: address.receivedAt,
      // What a server before this one posted is not known exactly.
      posts: request.isResumed ? 2 : 0,
      keptPosts: address.keptPosts,
      hasResponseUrl: address.responseUrl !== undefined,
      canWrite: given.api !== undefined,
    });
  }

  /** Resolves when all is shown, or no way is left; the output then stays in the channel's thread in the hall. */
  async run(): Promise<void> {
    const reading = this.#read();
    for (;;) {
      this.#request.signal.throwIfAborted();
      const waiting = this.#queue.waiting();
      if (!waiting) {
        if (this.#queue.hasEnded) break;
        await this.#pause(undefined);
        continue;
      }
      const rung = this.#ladder.next(this.#now(), waiting);
      if (rung.kind === "wait") await this.#pause(rung.until);
      else if (rung.kind === "give_up") this.#giveUp();
      else await this.#try(rung.kind);
    }
    await reading;
    await this.#closeLive().catch((error: unknown) => {
      this.#given.log.debug({ err: toError(error) }, "a message's cancel button could not be taken away");
    });
  }

  async #read(): Promise<void> {
    try {
      for await (const output of this.#request.output) {
        if (output.kind === "chunk") {
          this.#queue.add(output.chunk, shownChunk(output.chunk), this.#now());
          continue;
        }
        if (output.state === "cancelled") this.#queue.say("Cancelled.", this.#now());
        else if (!this.#queue.hasShown && !this.#request.isResumed) this.#queue.say("Done.", this.#now());
        this.#queue.end();
      }
    } catch (error) {
      this.#queue.fail(error);
    }
  }

  /** Waits until an instant, until the queue changes, or until the server stops. */
  async #pause(until: number | undefined): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    let timer: NodeJS.Timeout | undefined;
    const ways: Promise<unknown>[] = [
      this.#queue.changed(),
      once(this.#request.signal, "abort", { signal }).catch(() => undefined),
    ];
    if (until !== undefined) {
      ways.push(
        new Promise((resolve) => {
          timer = setTimeout(resolve, Math.max(until - this.#now(), 1));
        }),
      );
    }
    await Promise.race(ways);
    clearTimeout(timer);
    over.abort();
  }

  async #try(way: Way): Promise<void> {
    try {
      await this.#send(way);
      this.#troubledSince = undefined;
    } catch (error) {
      if (!(error instanceof SlackFault)) throw error;
      await this.#onFault(error, way);
    }
  }

  async #send(way: Way): Promise<void> {
    const batch = this.#queue.batch();
    if (batch.kind === "file") {
      await this.#sendFile(batch);
      return;
    }
    if (await this.#attach(batch)) return;
    const [first = [], ...others] = splitParts(batch.parts);
    const isLast = others.length === 0;
    const buttons = isLast ? batch.buttons : [];
    if (way === "edit") {
      if (!this.#live || !fitsInMessage([...this.#live.parts, ...first])) {
        await this.#closeLive();
        return;
      }
      const { ts, parts, buttons: before } = this.#live;
      const next = { ts, parts: [...parts, ...first], buttons: [...before, ...buttons] };
      await this.#update({ ...next, isOpen: isLast });
      this.#live = next;
    } else if (way === "message") {
      await this.#begin(first, buttons, isLast);
    } else {
      await this.#post(way, slackMessage(first, buttons), batch.forAsker);
    }
    this.#ladder.used(way, this.#now());
    this.#queue.take(batch, isLast ? undefined : { parts: others.flat(), buttons: batch.buttons });
    // What was the last of it is noted by closing the request.
    const isDone = this.#queue.hasEnded && this.#queue.waiting() === undefined;
    if (isLast && batch.order > 0 && !isDone) await this.#request.answered(batch.order);
  }

  async #begin(
    parts: readonly RichPart[],
    buttons: readonly MessageButton[],
    isLast: boolean,
  ): Promise<void> {
    await this.#closeLive();
    const message = this.#liveMessage({ parts, buttons, isOpen: isLast });
    const { channelId: channel, threadTs } = this.#address;
    const thread = threadTs === undefined ? {} : { threadTs };
    const { ts } = await this.#api().sendMessage({ channel, ...message, ...thread });
    this.#live = { ts, parts: [...parts], buttons: [...buttons] };
  }

  async #update(live: {
    readonly ts: string;
    readonly parts: readonly RichPart[];
    readonly buttons: readonly MessageButton[];
    readonly isOpen: boolean;
  }): Promise<void> {
    const { channelId: channel } = this.#address;
    await this.#api().updateMessage({ channel, ts: live.ts, ...this.#liveMessage(live) });
  }

  /** While the action runs its last message also shows how far it has come, and a button to cancel it. */
  #liveMessage(live: {
    readonly parts: readonly RichPart[];
    readonly buttons: readonly MessageButton[];
    readonly isOpen: boolean;
  }): SlackMessage {
    const isOpen = live.isOpen && !this.#queue.hasEnded;
    const parts = [...live.parts, ...(isOpen ? this.#queue.progress : [])];
    const cancel = { actionId: CANCEL, label: "Cancel", value: this.#request.actionId };
    return slackMessage(parts.length === 0 ? plainParts("...") : parts, [
      ...live.buttons,
      ...(isOpen ? [cancel] : []),
    ]);
  }

  /** Leaves the live message as it is to stay. One that showed progress only goes away. */
  async #closeLive(): Promise<void> {
    const live = this.#live;
    this.#live = undefined;
    this.#ladder.closeMessage();
    if (!live) return;
    if (live.parts.length > 0 || live.buttons.length > 0) await this.#update({ ...live, isOpen: false });
    else await this.#api().deleteMessage({ channel: this.#address.channelId, ts: live.ts });
  }

  async #post(way: "response" | "ephemeral", message: SlackMessage, forAsker: boolean): Promise<void> {
    const { responseUrl: url, channelId: channel, userId: user } = this.#address;
    if (way === "response" && url !== undefined) {
      await postResponse({ url, message, forAsker, fetch: this.#given.fetch });
    } else {
      await this.#api().postEphemeral({ channel, user, ...message });
    }
  }

  /** Sends text that is too long for a few messages as a file, with its beginning in its place. */
  async #attach(batch: MessageBatch): Promise<boolean> {
    const { api } = this.#given;
    if (!api || !this.#mayUpload || splitParts(batch.parts).length <= MESSAGES_BEFORE_FILE) return false;
    const whole = plainTextOf(batch.parts);
    try {
      await this.#upload(api, { name: "output.txt", bytes: Buffer.from(whole) }, batch.forAsker);
    } catch (error) {
      if (!isLasting(error)) throw error;
      this.#mayUpload = false;
      return false;
    }
    const beginning = `${whole.slice(0, FILE_PREVIEW).toWellFormed()}...`;
    const parts = [...plainParts(beginning), ...plainParts("All of it is in the file output.txt.")];
    this.#queue.take(batch, { parts, buttons: batch.buttons });
    return true;
  }

  async #sendFile(batch: Batch): Promise<void> {
    const { api } = this.#given;
    const { name, bytes } = await this.#request.bytes(batch.order);
    const fileName = name ?? `output-${batch.order}`;
    try {
      if (!api || !this.#mayUpload) throw new SlackFault("token", "no_token");
      await this.#upload(api, { name: fileName, bytes }, batch.forAsker);
    } catch (error) {
      if (!isLasting(error)) throw error;
      const words = `The file "${fileName}" cannot be sent here; it is with the action in the hall.`;
      this.#queue.take(batch, { parts: plainParts(words), buttons: [] });
      return;
    }
    this.#queue.take(batch);
    await this.#request.answered(batch.order);
  }

  /** Slack has no file that only one person of a channel sees: such a one goes into their direct messages. */
  async #upload(api: SlackApi, file: { name: string; bytes: Buffer }, forAsker: boolean): Promise<void> {
    const { userId, channelId } = this.#address;
    const channel = forAsker && !this.#request.place.isPrivate ? await api.directMessage(userId) : channelId;
    await api.uploadFile({ channel, ...file });
  }

  async #onFault(fault: SlackFault, way: Way): Promise<void> {
    const now = this.#now();
    this.#troubledSince ??= now;
    const { actionId } = this.#request;
    this.#given.log.debug({ actionId, way, code: fault.code }, "Slack did not take an answer");
    const isPatient = now - this.#troubledSince < PATIENCE_MILLISECONDS;
    if (fault.kind === "rate_limited" && isPatient) {
      this.#ladder.block(now + Math.max(fault.retryAfterMilliseconds, 1000));
    } else if (fault.kind === "unavailable" && isPatient) {
      this.#ladder.block(now + RETRY_MILLISECONDS);
    } else if (way === "response") {
      this.#ladder.closeResponse();
    } else if (way === "edit" && fault.kind === "message") {
      this.#live = undefined;
      this.#ladder.closeMessage();
    } else if (fault.code === "not_in_channel" && !this.#hasJoined) {
      this.#hasJoined = true;
      await this.#api()
        .joinChannel(this.#address.channelId)
        .catch(() => this.#ladder.closeWriting());
    } else {
      this.#live = undefined;
      this.#ladder.closeWriting();
    }
  }

  #giveUp(): void {
    const batch = this.#queue.batch();
    this.#queue.take(batch);
    if (batch.count === 0) return;
    this.#given.log.warn(
      { actionId: this.#request.actionId, channelId: this.#address.channelId },
      "an answer could not be shown in Slack; it is in the channel's thread in the hall",
    );
  }

  #api(): SlackApi {
    if (!this.#given.api) throw new SlackFault("token", "no_token");
    return this.#given.api;
  }

  #now(): number {
    return this.#given.clock.now().getTime();
  }
}

/** Whether the same call will not succeed a little later either. */
function isLasting(error: unknown): boolean {
  return error instanceof SlackFault && error.kind !== "rate_limited" && error.kind !== "unavailable";
}
