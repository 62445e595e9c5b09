import { MIME, type Clock, type Logger, type Place } from "@guildhall/sdk";
import { z } from "zod";
import type { ChatAccount, ChatEntries, ChatEntry, ChatPlace } from "../data/chat-entries.ts";
import type { ChatRequests, OpenChatRequest } from "../data/chat-requests.ts";
import type { DataAccessor } from "../data/data-accessor.ts";
import { DataError } from "../data/data-error.ts";
import type { Action } from "../data/models.ts";
import { storeFault } from "../data/store-error.ts";
import { toError } from "../kernel/to-error.ts";
import type { ActionRequest, Actions, Submission } from "./actions.ts";
import type {
  ChatConnection,
  ChatInput,
  ChatRequest,
  ChatSubmission,
  PressedButton,
} from "./chat-connection.ts";
import { followAction, tellAction } from "./chat-output.ts";
import { ConnectedChannels } from "./connected-channels.ts";
import { HallError } from "./hall-error.ts";
import { KnownChatEntries } from "./known-chat-entries.ts";
import type { SealedBox } from "./sealed-box.ts";
import type { ThreadFeeds } from "./thread-feeds.ts";

const TAKE_OVER_MILLISECONDS = 5000;

const REFUSALS: ReadonlySet<string> = new Set(["signed_out", "permission_denied"]);

const Buttons = z.array(z.object({ line: z.string(), replaces: z.boolean().default(false) }));

/** What chat stands on in the hall. */
export interface ChatSurroundings {
  readonly entries: ChatEntries;
  readonly requests: ChatRequests;
  readonly actions: Actions;
  readonly data: DataAccessor;
  readonly feeds: ThreadFeeds;
  readonly clock: Clock;
  readonly box: SealedBox;
  readonly log: Logger;
  /** The id under which this server answers: that of its runner. */
  readonly serverId: string;
}

/**
 * What chat platforms share: accounts become people, channels become threads, lines become actions, and every action
 * that was asked for in chat is answered there, also after a crash.
 */
export class ChatService {
  /** The channels of all platforms that are connected. */
  readonly channels: ConnectedChannels;
  readonly #given: ChatSurroundings;
  readonly #known: KnownChatEntries;
  readonly #connections = new Map<string, ChatConnection>();
  readonly #answering = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(given: ChatSurroundings) {
    this.#given = given;
    this.channels = new ConnectedChannels(given.entries);
    this.#known = new KnownChatEntries({ clock: given.clock });
  }

  /** Connects a platform and answers what an earlier server left; the returned function disconnects it. */
  connect(connection: ChatConnection): () => void {
    const { adapter } = connection;
    if (this.#connections.has(adapter)) throw new TypeError(`"${adapter}" is connected already`);
    this.#connections.set(adapter, connection);
    const removeChannels = this.channels.add(adapter, connection.channels);
    const takeOver = () => void this.#takeOver(connection);
    const timer = setInterval(takeOver, TAKE_OVER_MILLISECONDS);
    timer.unref();
    takeOver();
    return () => {
      clearInterval(timer);
      removeChannels();
      this.#connections.delete(adapter);
    };
  }

  /** A typed line, without the platform's own command before it. */
  async submitLine(input: ChatInput & { readonly line: string }): Promise<ChatSubmission> {
    return await this.#submit(input, (request) =>
      this.#given.actions.submitLine({ ...request, line: input.line }),
    );
  }

  /** A command with typed arguments, as the platform's forms and options give them. */
  async submitArguments(
    input: ChatInput & { readonly path: readonly string[]; readonly input: unknown },
  ): Promise<ChatSubmission> {
    const { path, input: given } = input;
    return await this.#submit(input, (request) =>
      this.#given.actions.submitArguments({ ...request, path, input: given }),
    );
  }

  /** Runs a button's line as the person who pressed it; one that only the asker sees is for nobody else. */
  async press(input: ChatInput & { readonly button: PressedButton }): Promise<ChatSubmission> {
    const pressed = await this.#refusing(async () => {
      const { user } = await this.#given.entries.enter(input.account, input.place);
      return await this.#readButton(user.id, input.button);
    });
    if ("kind" in pressed) return pressed;
    const submission = await this.submitLine({ ...input, line: pressed.line });
    return submission.kind === "action" && pressed.replaces ? { ...submission, replaces: true } : submission;
  }

  /** Asks an action to stop, for the person who ran it; undefined when it was asked. */
  async cancel(given: {
    readonly account: ChatAccount;
    readonly place: ChatPlace;
    readonly actionId: string;
  }): Promise<Extract<ChatSubmission, { kind: "refused" }> | undefined> {
    const outcome = await this.#refusing(async () => {
      const { user } = await this.#given.entries.enter(given.account, given.place);
      try {
        await this.#given.actions.cancel(user.id, given.actionId);
      } catch (error) {
        if (error instanceof DataError && error.code === "not_found") {
          throw new HallError("permission_denied", "Only the person who ran this can cancel it.");
        }
        throw error;
      }
      return "asked";
    });
    return typeof outcome === "string" ? undefined : outcome;
  }

  /** Takes an account out of a channel, and the channel's thread out of its person's sight. */
  async leave(
    account: Omit<ChatAccount, "displayName">,
    place: Pick<ChatPlace, "workspaceId" | "channelId">,
  ): Promise<void> {
    await this.#given.entries.leave(account, place);
  }

  /** Lets answers come to their end for so long; what is left is for another server, or for the next start. */
  async stop({ graceMilliseconds }: { graceMilliseconds: number }): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMilliseconds);
    });
    await Promise.race([Promise.all(this.#answering.values()), grace]);
    clearTimeout(timer);
    this.#stop.abort(new Error("the server stops"));
    await Promise.all(this.#answering.values());
  }

  async #readButton(
    userId: string,
    { actionId, order, index }: PressedButton,
  ): Promise<z.output<typeof Buttons>[number]> {
    const action = await this.#given.data.getAction(userId, actionId);
    const chunk = action.response_chunks.find((found) => found.order === order);
    if (chunk === undefined) {
      throw new HallError("permission_denied", "This button is for the person who ran the command.");
    }
    const button =
      chunk.mime === MIME.buttons ? Buttons.parse(JSON.parse(chunk.text_content ?? "[]"))[index] : undefined;
    if (!button) throw new HallError("command_not_found", "This button is of no use any more.");
    return button;
  }

  async #submit(
    input: ChatInput,
    send: (request: ActionRequest) => Promise<Submission>,
  ): Promise<ChatSubmission> {
    const { account, place } = input;
    return await this.#refusing(async () => {
      const known = this.#known.find(account, place);
      if (known) {
        try {
          return await this.#submitAs(known, input, send);
        } catch (error) {
          // What the store says now decides; a refusal recorded nothing.
          if (!isRefusal(error)) throw error;
        }
      }
      const entry = await this.#given.entries.enter(account, place);
      this.#known.keep(account, place, entry);
      return await this.#submitAs(entry, input, send);
    });
  }

  async #submitAs(
    entry: ChatEntry,
    input: ChatInput,
    send: (request: ActionRequest) => Promise<Submission>,
  ): Promise<ChatSubmission> {
    const { channelId, workspaceId, isPrivate } = input.place;
    const { adapter } = input.account;
    const place = { adapter, platform: adapter, workspaceId, channelId, isPrivate };
    const request: ActionRequest = {
      principal: { user: entry.user },
      threadId: entry.thread_id,
      adapter,
      idempotencyKey: `${adapter} ${input.key}`,
      chat: {
        place,
        channel_id: entry.channel_id,
        identity_id: entry.identity_id,
        reply: this.#given.box.seal(input.reply),
      },
    };
    const submission = await this.#withRoles(input, request, send);
    return submission.kind === "action"
      ? this.#begun({ action: submission.action, entry, input, place })
      : submission.kind === "repeated"
        ? { kind: "repeated", actionId: submission.action.id }
        : submission;
  }

  async #withRoles(
    { isAdministrator }: ChatInput,
    request: ActionRequest,
    send: (request: ActionRequest) => Promise<Submission>,
  ): Promise<Submission> {
    try {
      return await send(request);
    } catch (error) {
      const isDenied = error instanceof HallError && error.code === "permission_denied";
      if (!isDenied || !(await isAdministrator?.())) throw error;
      const user = { ...request.principal.user, is_administrator: true };
      return await send({ ...request, principal: { user } });
    }
  }

  #begun({
    action,
    entry,
    input,
    place,
  }: {
    action: Action;
    entry: ChatEntry;
    input: ChatInput;
    place: Place;
  }): ChatSubmission {
    const connection = this.#connections.get(place.adapter);
    const open: OpenChatRequest = {
      action_id: action.id,
      user_id: action.user_id,
      adapter: place.adapter,
      workspace_id: place.workspaceId,
      channel_id: place.channelId,
      thread_id: entry.thread_id,
      is_private: place.isPrivate,
      account_id: input.account.accountId,
      reply: input.reply,
      answered_order: 0,
    };
    return {
      kind: "action",
      actionId: action.id,
      begin: () => {
        if (connection) this.#answer(connection, open, { isResumed: false, action });
      },
    };
  }

  async #takeOver(connection: ChatConnection): Promise<void> {
    const { requests, box, log, serverId } = this.#given;
    try {
      for (const open of await requests.takeOver(connection.adapter, serverId)) {
        const reply = box.open(open.reply);
        if (reply === undefined) await requests.close(open.action_id);
        else this.#answer(connection, { ...open, reply }, { isResumed: true });
      }
    } catch (error) {
      log.debug({ err: toError(error) }, "answers that another server left could not be looked for");
    }
  }

  #answer(
    connection: ChatConnection,
    open: OpenChatRequest,
    how: { readonly isResumed: boolean; readonly action?: Action },
  ): void {
    const { requests, log } = this.#given;
    const actionId = open.action_id;
    if (this.#stop.signal.aborted || this.#answering.has(actionId)) return;
    const answer = async () => {
      try {
        await connection.answer(this.#requestOf(open, how));
      } catch (error) {
        // The request stays open, so that another server finds it.
        if (this.#stop.signal.aborted) return;
        log.error({ err: toError(error), actionId }, "an answer could not be given in chat");
      }
      await requests.close(actionId).catch((error: unknown) => {
        log.warn({ err: toError(error), actionId }, "an answered request could not be closed");
      });
    };
    this.#answering.set(
      actionId,
      answer().finally(() => this.#answering.delete(actionId)),
    );
  }

  #requestOf(
    open: OpenChatRequest,
    { isResumed, action }: { readonly isResumed: boolean; readonly action?: Action },
  ): ChatRequest {
    const { data, feeds, requests } = this.#given;
    const { signal } = this.#stop;
    const { action_id: actionId, user_id: userId } = open;
    return {
      actionId,
      accountId: open.account_id,
      reply: open.reply,
      isResumed,
      signal,
      place: {
        adapter: open.adapter,
        platform: open.adapter,
        workspaceId: open.workspace_id,
        channelId: open.channel_id,
        isPrivate: open.is_private,
      },
      // What was recorded complete need not be read back.
      output: action?.is_completed
        ? tellAction(action)
        : followAction({
            data,
            feeds,
            userId,
            threadId: open.thread_id,
            actionId,
            after: open.answered_order,
            signal,
          }),
      bytes: (order) => data.getChunkBytes(userId, actionId, order),
      answered: (order) => requests.answered(actionId, order),
    };
  }

  /** What a person may be told, as a value. */
  async #refusing<Result>(
    work: () => Promise<Result>,
  ): Promise<Result | Extract<ChatSubmission, { kind: "refused" }>> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof HallError && error.code === "signed_out") {
        const message = "Your account in this hall is closed: ask an administrator.";
        return { kind: "refused", code: "permission_denied", message };
      }
      if (error instanceof HallError || error instanceof DataError) {
        return { kind: "refused", code: error.code, message: error.message };
      }
      if (["unavailable", "retry", "full"].includes(storeFault(error))) {
        const message =
          "The hall's store cannot be reached just now, so nothing was done: try again in a moment.";
        return { kind: "refused", code: "store_unavailable", message };
      }
      throw error;
    }
  }
}

/** Whether a line was refused because of who typed it, or where. */
function isRefusal(error: unknown): boolean {
  return error instanceof DataError || (error instanceof HallError && REFUSALS.has(error.code));
}
