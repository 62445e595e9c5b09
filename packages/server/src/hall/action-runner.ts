import { hostname } from "node:os";
import type { Clock, CommandContext, Logger, Place, Random } from "@guildhall/sdk";
import type { PoolClient } from "pg";
import type { CommandRegistry, RegisteredCommand } from "../commands/command-registry.ts";
import { parseArguments, type CommandValues } from "../commands/parse-arguments.ts";
import { storeProgress, type Progress, type ProgressResult } from "../data/action-log.ts";
import type { ActionRuns, StrandedAction } from "../data/action-runs.ts";
import type { DataAccessor } from "../data/data-accessor.ts";
import type { Database } from "../data/database.ts";
import type { User } from "../data/models.ts";
import { isOfOneItem } from "../data/store-error.ts";
import { newId } from "../data/uuid.ts";
import type { AfterRecord } from "./after-record.ts";
import { Batcher } from "./batcher.ts";
import { ChunkWriter, FencedError } from "./chunk-writer.ts";
import { HandedIn, type Handed } from "./handed-in.ts";
import { executeCommand, notice, OutputLostError, StopRun, type RunEnd } from "./execute-command.ts";
import type { HallMetrics } from "./hall-metrics.ts";
import type { Places } from "./places.ts";
import type { ThreadFeeds } from "./thread-feeds.ts";
import type { Tokens } from "./tokens.ts";
import { toError } from "../kernel/to-error.ts";

const PROGRESS_BATCH = 500;
const PROGRESS_BATCH_CHARACTERS = 8_000_000;
const SWEEP_MILLISECONDS = 5000;
const CANCEL_POLL_MILLISECONDS = 1000;
/** How long output waits for a store that is away before its run is given up. */
const STORE_PATIENCE_MILLISECONDS = 120_000;

/** A recorded action that is to be run by this process. */
export interface RunRequest {
  readonly actionId: string;
  readonly attempt: number;
  readonly lastOrder: number;
  readonly registered: RegisteredCommand;
  readonly values: CommandValues;
  readonly user: User;
  readonly threadId: string;
  readonly place: Place;
}

interface Running {
  readonly controller: AbortController;
  readonly settled: Promise<void>;
  readonly rerun: boolean;
  readonly module: string;
}

/** What a command's context takes from the hall. */
export interface RunSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: HallMetrics;
  readonly after: AfterRecord;
  readonly places: Places;
}

/** Runs recorded actions in this process, and ends those whose process is gone. */
export class ActionRunner {
  readonly id = newId();
  /** One statement for what all runs have put out meanwhile: actions of one thread do not wait for each other. */
  readonly #progress: Batcher<Progress, ProgressResult>;
  readonly #runs: ActionRuns;
  readonly #data: DataAccessor;
  readonly #feeds: ThreadFeeds;
  readonly #tokens: Tokens;
  readonly #registry: CommandRegistry;
  readonly #surroundings: RunSurroundings;
  readonly #running = new Map<string, Running>();
  /** Of this process, but given up: the next sweep ends them. */
  readonly #lost = new Set<string>();
  #lock: PoolClient | undefined;
  #timers: NodeJS.Timeout[] = [];
  #stopping = false;

  constructor(options: {
    database: Database;
    runs: ActionRuns;
    data: DataAccessor;
    feeds: ThreadFeeds;
    tokens: Tokens;
    registry: CommandRegistry;
    surroundings: RunSurroundings;
  }) {
    const { pool } = options.database;
    this.#progress = new Batcher({
      run: (items) => storeProgress(pool, items),
      limit: PROGRESS_BATCH,
      weigh: ({ chunks }) =>
        chunks.reduce((sum, { text_content, base64 }) => sum + (text_content ?? base64 ?? "").length, 0),
      weightLimit: PROGRESS_BATCH_CHARACTERS,
      // What the store cannot take of one run must not end the others; a failed statement has stored nothing.
      runAlone: isOfOneItem,
    });
    this.#runs = options.runs;
    this.#data = options.data;
    this.#feeds = options.feeds;
    this.#tokens = options.tokens;
    this.#registry = options.registry;
    this.#surroundings = options.surroundings;
  }

  /** How many actions run here. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** Enters this process as a runner, ends what others left behind, and looks after both from then on. */
  async start(): Promise<void> {
    await this.#enter();
    await this.#sweep();
    this.#timers = [
      setInterval(() => void this.#sweep(), SWEEP_MILLISECONDS),
      setInterval(() => void this.#pollCancels(), CANCEL_POLL_MILLISECONDS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Begins to run an action that was recorded for this runner. */
  run(request: RunRequest): void {
    const controller = new AbortController();
    const settled = this.#run(request, controller).finally(() => this.#running.delete(request.actionId));
    this.#running.set(request.actionId, {
      controller,
      settled,
      rerun: request.registered.command.rerun,
      module: request.registered.module,
    });
  }

  /** Stops what runs here of a module that ends, with the code `module_stopped`. */
  async stopModule(module: string): Promise<void> {
    const own = [...this.#running.values()].filter((running) => running.module === module);
    const sentence = `The module ${module} was ended before the command came to its end.`;
    for (const { controller } of own) controller.abort(new StopRun("module_stopped", sentence));
    await Promise.all(own.map(({ settled }) => settled));
  }

  /** Stops an action that runs here; false when it does not. */
  cancel(actionId: string): boolean {
    const running = this.#running.get(actionId);
    running?.controller.abort(new StopRun("cancelled", "The action was cancelled."));
    return running !== undefined;
  }

  /** Resolves when the action no longer runs here: at once when it does not. */
  async settled(actionId: string): Promise<void> {
    await this.#running.get(actionId)?.settled;
  }

  /** Has the next sweep settle an action of this runner that nothing here runs, if it is in the store at all. */
  adopt(actionId: string): void {
    this.#lost.add(actionId);
  }

  runsHere(actionId: string): boolean {
    return this.#running.has(actionId);
  }

  /** Resolves when nothing runs here any more, or so much time has passed. */
  async settleAll({ graceMilliseconds }: { graceMilliseconds: number }): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMilliseconds);
    });
    await Promise.race([Promise.all([...this.#running.values()].map(({ settled }) => settled)), grace]);
    clearTimeout(timer);
  }

  /**
   * Lets what runs come to its end for so long, then stops it: a command that may be run again is left to the next
   * runner, any other fails with the code `hall_stopped`.
   */
  async stop({ graceMilliseconds }: { graceMilliseconds: number }): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.settleAll({ graceMilliseconds });
    const left = [...this.#running.values()];
    for (const { controller, rerun } of left) {
      const code = rerun ? "fenced" : "hall_stopped";
      controller.abort(new StopRun(code, "The hall was stopped before the command came to its end."));
    }
    await Promise.all(left.map(({ settled }) => settled));
    try {
      await this.#runs.removeRunner(this.id);
    } catch (error) {
      this.#surroundings.log.debug({ err: toError(error) }, "the runner could not be removed");
    }
    // The connection ends with its lock; a later runner must not inherit it.
    this.#lock?.release(true);
  }

  async #enter(): Promise<void> {
    const lock = await this.#runs.addRunner({ id: this.id, host: hostname(), pid: process.pid });
    this.#lock = lock;
    lock.on("error", () => {
      if (this.#stopping) return;
      lock.release(true);
      this.#lock = undefined;
    });
  }

  async #run(request: RunRequest, controller: AbortController): Promise<void> {
    const { actionId, attempt } = request;
    const { log, clock } = this.#surroundings;
    const writer = this.#writer(request, () => this.cancel(actionId));
    const handedIn = new HandedIn(request.registered);
    let handedOver = false;
    try {
      if (!(await this.#runs.startRun(actionId, attempt))) return;
      const end = await executeCommand({
        registered: request.registered,
        values: request.values,
        controller,
        surroundings: this.#surroundings,
        emit: (chunk) => writer.write(chunk, handedIn.take()).catch(rethrowLost),
        context: this.#context(request, {
          signal: controller.signal,
          handedIn,
          onHandOver: () => {
            handedOver = true;
          },
        }),
      });
      if (handedOver && end.state === "completed") {
        await writer.flush();
        await this.#runs.release(actionId, attempt);
        this.#begin(handedIn.take().after, actionId);
        return;
      }
      await writer.end({ ...end, at: clock.now() }, handedIn.take());
    } catch (error) {
      if (error instanceof FencedError || (error instanceof StopRun && error.code === "fenced")) return;
      this.#lost.add(actionId);
      log.error({ err: toError(error), actionId }, "an action's output could not be stored");
    }
  }

  #begin(works: Handed["after"], actionId: string): void {
    for (const work of works) this.#surroundings.after.begin(work, { actionId });
  }

  #context(
    request: RunRequest,
    {
      signal,
      handedIn,
      onHandOver,
    }: { readonly signal: AbortSignal; readonly handedIn: HandedIn; readonly onHandOver: () => void },
  ): CommandContext {
    const { user, actionId, attempt } = request;
    const { clock, random, log } = this.#surroundings;
    return {
      user: commandUser(user),
      action: { id: actionId, attempt },
      threadId: request.threadId,
      place: request.place,
      signal,
      clock,
      random,
      log,
      withRecord: handedIn.withRecord,
      afterRecord: handedIn.afterRecord,
      handOver: async ({ withinSeconds }) => {
        handedIn.handOver();
        const expiresAt = new Date(clock.now().getTime() + withinSeconds * 1000);
        if (!(await this.#runs.handOver(actionId, attempt, expiresAt))) throw new FencedError();
        onHandOver();
        const claim = { user_id: user.id, action_id: actionId, attempt };
        return { actionId, expiresAt, token: await this.#tokens.signHandOver(claim, expiresAt) };
      },
    };
  }

  #writer(
    request: Pick<RunRequest, "actionId" | "attempt" | "lastOrder">,
    onCancel: () => void,
  ): ChunkWriter {
    return new ChunkWriter(
      {
        store: (progress) => this.#progress.add(progress),
        actionId: request.actionId,
        attempt: request.attempt,
        now: () => this.#surroundings.clock.now(),
        patienceMilliseconds: STORE_PATIENCE_MILLISECONDS,
        onStored: ({ threadIds, cancelRequested, after }) => {
          this.#feeds.hint(threadIds);
          this.#begin(after, request.actionId);
          if (cancelRequested) onCancel();
        },
      },
      request.lastOrder,
    );
  }

  /** Ends or runs again what runners left that are gone, and what holders outside let pass. */
  async #sweep(): Promise<void> {
    try {
      if (!this.#lock) await this.#enter();
      const lost = [...this.#lost];
      const stranded = await this.#runs.takeOverStranded(this.id, lost);
      for (const id of lost) this.#lost.delete(id);
      for (const action of stranded)
        await this.#settleStranded(action).catch((error: unknown) => this.#lose(action, error));
    } catch (error) {
      this.#surroundings.log.warn({ err: toError(error) }, "stranded actions could not be looked for");
    }
  }

  #lose({ id: actionId }: StrandedAction, error: unknown): void {
    this.#lost.add(actionId);
    this.#surroundings.log.warn(
      { err: toError(error), actionId },
      "a stranded action could not be ended yet",
    );
  }

  async #settleStranded(stranded: StrandedAction): Promise<void> {
    const again = await this.#runAgain(stranded);
    const writer = this.#writer(
      { actionId: stranded.id, attempt: stranded.attempt, lastOrder: stranded.last_order },
      () => undefined,
    );
    if (again) {
      const lastOrder = stranded.state === "running" ? stranded.last_order + 1 : stranded.last_order;
      if (stranded.state === "running") {
        const message = "The hall stopped while this ran; it runs again from the start.";
        await writer.write(notice({ level: "warning", message }));
        await writer.flush();
      }
      const user = await this.#data.getUser(stranded.user_id);
      this.run({ ...again, actionId: stranded.id, attempt: stranded.attempt, lastOrder, user });
      return;
    }
    const end = strandedEnd(stranded);
    if (end.state === "failed" && end.error) {
      await writer.write(notice({ level: "error", message: end.error.message }));
    }
    await writer.end({ ...end, at: this.#surroundings.clock.now() });
  }

  async #runAgain(
    stranded: StrandedAction,
  ): Promise<Pick<RunRequest, "registered" | "values" | "threadId" | "place"> | undefined> {
    if (stranded.cancel_requested || stranded.was_held || this.#stopping) return undefined;
    const registered = this.#registry.find(stranded.handler_name.split(" "));
    // One that never began has had no effect yet, whatever its command says.
    if (!registered || (!registered.command.rerun && stranded.state !== "accepted")) return undefined;
    const parsed = parseArguments({ command: registered.command, input: stranded.request });
    if (parsed.kind === "error") return undefined;
    const threadId = stranded.thread_id ?? "";
    const { adapter, chat_place } = stranded;
    const place = chat_place
      ? { adapter, ...chat_place }
      : await this.#surroundings.places.of({ adapter, threadId });
    return { registered, values: parsed.values, threadId, place };
  }

  async #pollCancels(): Promise<void> {
    if (this.#running.size === 0) return;
    try {
      for (const id of await this.#runs.cancelRequests([...this.#running.keys()])) this.cancel(id);
    } catch (error) {
      this.#surroundings.log.debug({ err: toError(error) }, "cancel requests could not be read");
    }
  }
}

/** The person of a context, without what a command has no business with. */
export function commandUser(user: User): CommandContext["user"] {
  return {
    id: user.id,
    email: user.email,
    displayName: user.display_name,
    isAdministrator: user.is_administrator,
  };
}

function strandedEnd(stranded: StrandedAction): RunEnd {
  if (stranded.cancel_requested) {
    const error = { code: "cancelled", message: "The action was cancelled.", reference: null };
    return { state: "cancelled", error };
  }
  const [code, message] = stranded.was_held
    ? ["time_limit", "Whoever was to finish this did not do so in time."]
    : [
        "outcome_unknown",
        "The hall or its store was lost while this ran, so nobody can say how far it came.",
      ];
  return { state: "failed", error: { code, message, reference: null } };
}

function rethrowLost(error: unknown): never {
  if (error instanceof FencedError) throw error;
  throw new OutputLostError("the output could not be stored", { cause: error });
}
