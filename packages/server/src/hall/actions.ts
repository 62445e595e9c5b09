import { createHash } from "node:crypto";
import { LineRefusedError, type Chunk, type Place } from "@guildhall/sdk";
import type { CommandRegistry, RegisteredCommand } from "../commands/command-registry.ts";
import type { HelpDocument } from "../commands/help/help-document.ts";
import { askedLine } from "../commands/asked-line.ts";
import type { LineError } from "../commands/line-error.ts";
import { parseArguments, type ArgumentInput, type CommandValues } from "../commands/parse-arguments.ts";
import { parseLine } from "../commands/parse-line.ts";
import { printLine } from "../commands/print-line.ts";
import { commandHelp } from "../commands/help/help-document.ts";
import { recordActions, type NewAction, type RecordResult } from "../data/action-log.ts";
import type { ActionRuns } from "../data/action-runs.ts";
import type { DataAccessor } from "../data/data-accessor.ts";
import { notFound } from "../data/data-error.ts";
import type { Database } from "../data/database.ts";
import type { Action } from "../data/models.ts";
import { storable, storableJson } from "../data/storable.ts";
import { isOfOneItem, storeFault } from "../data/store-error.ts";
import { newId } from "../data/uuid.ts";
import type { ActionRunner, RunSurroundings } from "./action-runner.ts";
import { Batcher } from "./batcher.ts";
import { READ_CHUNKS } from "./documents.ts";
import { HallError } from "./hall-error.ts";
import type { Principal } from "./people.ts";
import { runPure, type PureRun } from "./run-pure.ts";
import type { ThreadFeeds } from "./thread-feeds.ts";
import type { HandOverClaim } from "./tokens.ts";

const TITLE_LENGTH = 80;
const RECORD_BATCH = 200;
const WAIT_POLL_MILLISECONDS = 250;

/** What a request for an action carries besides the line or the arguments. */
export interface ActionRequest {
  readonly principal: Principal;
  /** The user's home thread when left out. */
  readonly threadId?: string | undefined;
  readonly adapter: string;
  readonly idempotencyKey?: string | undefined;
  /** Present when it comes from chat. */
  readonly chat?: {
    readonly place: Place;
    readonly channel_id: string;
    readonly identity_id: string;
    /** The platform's address for the answer, sealed. */
    readonly reply: string;
  };
}

/** What became of a typed line, or of typed arguments. */
export type Submission =
  | { readonly kind: "action"; readonly action: Action }
  /** The same idempotency key led to this action before. */
  | { readonly kind: "repeated"; readonly action: Action }
  | { readonly kind: "help"; readonly help: HelpDocument }
  | { readonly kind: "line_invalid"; readonly error: LineError; readonly help: HelpDocument };

interface Invocation {
  readonly registered: RegisteredCommand;
  readonly values: CommandValues;
  readonly input: ArgumentInput;
  readonly rawText: string;
}

/** From a typed line to a recorded action, and what others may do with it afterwards. */
export class Actions {
  readonly #registry: CommandRegistry;
  readonly #data: DataAccessor;
  readonly #runs: ActionRuns;
  readonly #runner: ActionRunner;
  readonly #feeds: ThreadFeeds;
  readonly #surroundings: RunSurroundings;
  readonly #recorder: Batcher<NewAction, RecordResult>;
  readonly #homes = new Map<string, string>();
  #stopping = false;

  constructor(options: {
    database: Database;
    registry: CommandRegistry;
    data: DataAccessor;
    runs: ActionRuns;
    runner: ActionRunner;
    feeds: ThreadFeeds;
    surroundings: RunSurroundings;
    /** Called when actions were recorded, and so counted. */
    onRecorded: () => void;
  }) {
    this.#registry = options.registry;
    this.#data = options.data;
    this.#runs = options.runs;
    this.#runner = options.runner;
    this.#feeds = options.feeds;
    this.#surroundings = options.surroundings;
    const record = async (items: readonly NewAction[]) => {
      const results = await recordActions(options.database.pool, items);
      options.onRecorded();
      return results;
    };
    this.#recorder = new Batcher({
      limit: RECORD_BATCH,
      run: async (items) => {
        try {
          return await record(items);
        } catch (error) {
          const fault = storeFault(error);
          // Two servers that record for the same threads can meet in a deadlock, of which one is let go on.
          if (fault === "retry") return await record(items);
          throw error;
        }
      },
      // One that the store cannot take must not take the others with it; a failed statement has recorded none.
      runAlone: isOfOneItem,
    });
  }

  /** Refuses new work from now on. */
  stopAccepting(): void {
    this.#stopping = true;
  }

  /** Reads a typed line and records what it asks for; one that does not parse records nothing. */
  async submitLine(request: ActionRequest & { line: string }): Promise<Submission> {
    const line = request.line.replaceAll("\0", "\uFFFD").toWellFormed();
    const parsed = parseLine({ registry: this.#registry, line });
    switch (parsed.kind) {
      case "help":
        return { kind: "help", help: parsed.help };
      case "error":
        return { kind: "line_invalid", error: parsed.error, help: parsed.help };
      case "invocation": {
        const { command: registered, values, input } = parsed;
        return await this.#submit(request, { registered, values, input, rawText: line });
      }
    }
  }

  /** Records a command with typed arguments. @throws HallError `command_not_found` */
  async submitArguments(
    request: ActionRequest & { path: readonly string[]; input: unknown },
  ): Promise<Submission> {
    const registered = this.#registry.find(request.path);
    if (!registered?.command.run) {
      throw new HallError("command_not_found", `There is no command "${request.path.join(" ")}".`);
    }
    const { command } = registered;
    const input: unknown = registered.isDegraded ? {} : request.input;
    const parsed = parseArguments({ command, input });
    if (parsed.kind === "error") {
      const help = commandHelp({ registry: this.#registry, found: registered });
      return { kind: "line_invalid", error: parsed.error, help };
    }
    const rawText = storable(printLine({ path: registered.path, command, input: parsed.input }));
    return await this.#submit(request, { registered, values: parsed.values, input: parsed.input, rawText });
  }

  /** The action, once it has ended or so many seconds have passed. @throws DataError `not_found` */
  async waitFor(
    userId: string,
    actionId: string,
    seconds: number,
    shown?: { lastChunks: number },
  ): Promise<Action> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const action = await this.#data.getAction(userId, actionId, shown);
      const left = deadline - performance.now();
      if (action.is_completed || left <= 0) return action;
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<void>((resolve) => {
        timer = setTimeout(
          resolve,
          this.#runner.runsHere(actionId) ? left : Math.min(left, WAIT_POLL_MILLISECONDS),
        );
      });
      await (this.#runner.runsHere(actionId) ? Promise.race([this.#runner.settled(actionId), pause]) : pause);
      clearTimeout(timer);
    }
  }

  /** Asks for the user's own action to stop, wherever it runs. @throws DataError `not_found` */
  async cancel(userId: string, actionId: string): Promise<Action> {
    await this.#runs.requestCancel(userId, actionId);
    this.#runner.cancel(actionId);
    return await this.#data.getAction(userId, actionId, { lastChunks: READ_CHUNKS });
  }

  /** Adds a chunk for the holder of an action. @throws HallError `action_not_held`, DataError `action_ended` */
  async appendFromOutside(claim: HandOverClaim, chunk: Chunk) {
    await this.#requireHeld(claim);
    const stored = await this.#data.appendResponseToAction(claim.user_id, claim.action_id, chunk);
    this.#feeds.hint(await this.#data.getThreadIdsForAction(claim.action_id));
    return stored;
  }

  /** Ends an action for its holder. @throws HallError `action_not_held` */
  async completeFromOutside(
    claim: HandOverClaim,
    failure: { code: string; message: string } | undefined,
  ): Promise<Action> {
    await this.#requireHeld(claim);
    const action = await this.#data.completeAction(
      claim.user_id,
      claim.action_id,
      failure ? { state: "failed", error: { ...failure, reference: null } } : undefined,
    );
    this.#feeds.hint(await this.#data.getThreadIdsForAction(claim.action_id));
    return action;
  }

  /** The thread that takes the user's lines when none is named. */
  async homeThread(userId: string): Promise<string> {
    const known = this.#homes.get(userId);
    if (known !== undefined) return known;
    const found = await this.#runs.homeThread(userId);
    if (this.#homes.size > 10_000) this.#homes.clear();
    this.#homes.set(userId, found);
    return found;
  }

  async #submit(
    request: ActionRequest,
    invocation: Invocation,
    { isSecondTry = false } = {},
  ): Promise<Submission> {
    const { principal, adapter } = request;
    const { registered } = invocation;
    const { command } = registered;
    if (this.#stopping) {
      throw new HallError(
        "hall_stopping",
        "The hall is stopping and takes no new work: try again in a moment.",
      );
    }
    if (command.permission === "administrator" && !principal.user.is_administrator) {
      throw new HallError("permission_denied", `Only administrators may run "${registered.path.join(" ")}".`);
    }
    const id = newId();
    const threadId = request.threadId ?? (await this.homeThread(principal.user.id));
    const base: NewAction = {
      id,
      user_id: principal.user.id,
      ...(principal.claim ? { claim: principal.claim } : {}),
      thread_id: threadId,
      handler_name: registered.path.join(" "),
      title: invocation.rawText.slice(0, TITLE_LENGTH).toWellFormed(),
      raw_text: invocation.rawText,
      request: storableJson(invocation.input),
      adapter,
      created_at: this.#surroundings.clock.now(),
      runner_id: command.pure ? null : this.#runner.id,
      ...(request.chat ? { chat: this.#chatRequest(request.chat) } : {}),
      ...(request.idempotencyKey === undefined
        ? {}
        : {
            idempotency: {
              key: request.idempotencyKey,
              request_hash: requestHash(request.threadId, invocation),
            },
          }),
    };
    const place = request.chat?.place ?? (await this.#surroundings.places.of({ adapter, threadId }));
    const { values } = invocation;
    const { user } = principal;
    let ready: PureRun = { item: base, after: [] };
    try {
      if (command.pure) {
        const surroundings = this.#surroundings;
        ready = await runPure(base, { registered, values, user, place, surroundings });
      }
    } catch (error) {
      if (!(error instanceof LineRefusedError)) throw error;
      const help = commandHelp({ registry: this.#registry, found: registered });
      return { kind: "line_invalid", error: lineError(error, invocation), help };
    }
    const { item, after } = ready;
    const result = await this.#record(item);
    switch (result) {
      case "recorded":
        break;
      case "user_refused":
        throw new HallError("signed_out", "You are signed out: sign in again.");
      case "thread_not_found": {
        if (request.threadId !== undefined || isSecondTry) throw notFound("thread");
        // The home thread was deleted since: a new one is made, by the first of several lines that find out.
        if (this.#homes.get(principal.user.id) === threadId) this.#homes.delete(principal.user.id);
        return await this.#submit(request, invocation, { isSecondTry: true });
      }
      case "key_taken":
        return await this.#repeated(item);
    }
    this.#feeds.hint([threadId]);
    for (const work of after) this.#surroundings.after.begin(work, { actionId: id });
    if (!item.finished) {
      this.#runner.run({
        actionId: id,
        attempt: 1,
        lastOrder: 0,
        registered,
        values,
        user,
        threadId,
        place,
      });
    }
    return { kind: "action", action: recordedAction(item) };
  }

  #chatRequest({ channel_id, identity_id, reply }: NonNullable<ActionRequest["chat"]>) {
    return { channel_id, identity_id, reply, server_id: this.#runner.id };
  }

  async #record(item: NewAction): Promise<RecordResult> {
    try {
      return await this.#recorder.add(item);
    } catch (error) {
      // A connection that broke leaves it open whether the record was kept: if it was, nobody else would run it.
      if (!item.finished) this.#runner.adopt(item.id);
      throw error;
    }
  }

  async #repeated(item: NewAction): Promise<Submission> {
    const key = item.idempotency;
    const first = key && (await this.#runs.findByKey(item.user_id, key.key));
    if (!first) throw notFound("action of this idempotency key");
    if (first.request_hash !== key.request_hash) {
      throw new HallError(
        "idempotency_mismatch",
        "This Idempotency-Key was used for another request: take a new key for each request.",
      );
    }
    return { kind: "repeated", action: await this.#data.getAction(item.user_id, first.action_id) };
  }

  async #requireHeld(claim: HandOverClaim): Promise<void> {
    // The command that handed over may still be on its way out.
    await this.#runner.settled(claim.action_id);
    if (!(await this.#runs.isHeld(claim.action_id, claim.attempt))) {
      throw new HallError("action_not_held", "The action has ended, or is no longer yours to finish.");
    }
  }
}

function requestHash(threadId: string | undefined, { registered, input }: Invocation): string {
  const content = JSON.stringify([threadId ?? null, registered.path, input]);
  return createHash("sha256").update(content).digest("base64url");
}

/** The action as the store has it now, without reading it back. */
function recordedAction(item: NewAction): Action {
  const { finished } = item;
  return {
    id: item.id,
    user_id: item.user_id,
    handler_name: item.handler_name,
    state: finished?.end.state ?? "accepted",
    is_completed: finished !== undefined,
    created_at: item.created_at,
    started_at: finished ? item.created_at : null,
    completed_at: finished?.end.at ?? null,
    title: item.title,
    request: item.request,
    raw_text: item.raw_text,
    error: finished?.end.error ?? null,
    adapter: item.adapter,
    response_chunks: (finished?.chunks ?? []).map(({ base64, ...row }, index) => ({
      ...row,
      action_id: item.id,
      order: index + 1,
      is_binary: base64 !== null,
    })),
  };
}

function lineError(
  { code, message, column, limit, asked }: LineRefusedError,
  { registered, rawText }: Invocation,
): LineError {
  const words = registered.path.length;
  return {
    code,
    message,
    ...(column === undefined ? {} : { column }),
    ...(limit === undefined ? {} : { limit }),
    ...(asked ? { asked: askedLine({ ...asked, line: rawText, words }) } : {}),
  };
}
