import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

const READY_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 20_000;
const KEPT_ERROR_LINES = 20;

/** A program of a benchmark that runs in a process of its own. */
export interface Program {
  readonly pid: number;
  /** What its ready line said. */
  readonly ready: string;
  /** When it was spawned and when it said that it was ready, by `performance.now()`. */
  readonly spawnedAt: number;
  readonly readyAt: number;
  /** Sends one line of JSON to it and resolves to the line that it answers. */
  ask(question: unknown): Promise<unknown>;
  /** Tells it to end and waits until it has; harder when it does not listen. */
  stop(): Promise<void>;
}

const alive = new Set<ChildProcess>();
// The embedded store of a hall or floor ends by itself when its parent is gone, however that ends.
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/** The programs and folders of one benchmark; disposing of it ends and removes all of them. */
export class Workshop implements AsyncDisposable {
  static readonly #open = new Set<Workshop>();
  readonly #undo: (() => Promise<void>)[] = [];

  constructor() {
    Workshop.#open.add(this);
  }

  /** Closes every workshop, for when the whole run is to end. */
  static async closeAll(): Promise<void> {
    for (const workshop of Workshop.#open) await workshop[Symbol.asyncDispose]();
  }

  /** A new folder. */
  async folder(): Promise<string> {
    const made = await mkdtemp(path.join(tmpdir(), "guildhall-bench-"));
    this.defer(() => rm(made, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
    return made;
  }

  /** Does this when the workshop closes, before what was deferred earlier. */
  defer(work: () => Promise<void>): void {
    this.#undo.push(work);
  }

  /**
   * Starts a Node program and resolves when it prints a line that `ready` matches.
   *
   * @throws Error with its last lines when it ends before that
   */
  async start(options: {
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly ready: RegExp;
    /** Given to it at once, after which its input ends. */
    readonly input?: string;
    readonly patienceMilliseconds?: number;
  }): Promise<Program> {
    const spawnedAt = performance.now();
    const child = spawn(process.execPath, options.args, {
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    alive.add(child);
    const ended = new Promise<void>((resolve) => {
      child.once("exit", () => {
        alive.delete(child);
        resolve();
      });
    });
    const stop = async () => {
      if (!alive.has(child)) return;
      child.kill("SIGTERM");
      const gaveUp = new AbortController();
      const late = delay(STOP_MILLISECONDS, "late", { signal: gaveUp.signal }).catch(() => "");
      if ((await Promise.race([ended, late])) === "late") child.kill("SIGKILL");
      gaveUp.abort();
      await ended;
    };
    this.defer(stop);
    // One that ends early breaks the pipe; its end is what tells.
    child.stdin.on("error", () => undefined);
    if (options.input !== undefined) child.stdin.end(options.input);
    const lines = new Lines(child, ended);
    const { pid } = child;
    const ready = await lines.next(options.ready, options.patienceMilliseconds ?? READY_MILLISECONDS);
    if (pid === undefined) throw new Error("a program has no process id");
    return {
      pid,
      ready,
      spawnedAt,
      readyAt: performance.now(),
      ask: async (question) => {
        child.stdin.write(`${JSON.stringify(question)}\n`);
        const answer: unknown = JSON.parse(await lines.next(/^\{.*/));
        return answer;
      },
      stop,
    };
  }

  /** Runs a Node program to its end and resolves to the first line that `wanted` matches. */
  async run(options: Parameters<Workshop["start"]>[0]): Promise<string> {
    const program = await this.start(options);
    await program.stop();
    return program.ready;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Workshop.#open.delete(this);
    for (const work of this.#undo.splice(0).toReversed()) {
      // One that fails must not keep the others from being done.
      await work().catch((error: unknown) => process.stderr.write(`  clean-up: ${String(error)}\n`));
    }
  }
}

/** The lines that a program prints, each taken once. */
class Lines {
  readonly #waiting: string[] = [];
  readonly #errors: string[] = [];
  readonly #name: string;
  #wake: () => void = () => undefined;
  #over = false;

  constructor(child: ChildProcess, ended: Promise<void>) {
    // Further arguments may hold a token.
    this.#name = child.spawnargs.find((word) => /\.[jt]s$/.test(word)) ?? child.spawnfile;
    if (child.stdout) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#waiting.push(line);
        this.#wake();
      });
    }
    if (child.stderr) {
      createInterface({ input: child.stderr }).on("line", (line) => {
        this.#errors.push(line);
        if (this.#errors.length > KEPT_ERROR_LINES) this.#errors.shift();
      });
    }
    void ended.then(async () => {
      // Its last lines may still be in the pipe.
      await delay(50);
      this.#over = true;
      this.#wake();
    });
  }

  async next(wanted: RegExp, patience?: number): Promise<string> {
    const deadline = performance.now() + (patience ?? Infinity);
    for (;;) {
      for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
        const match = wanted.exec(line);
        if (match) return match[1] ?? match[0];
      }
      const late = performance.now() > deadline;
      if (this.#over || late) {
        const what = late ? "was not ready in time" : "ended too early";
        throw new Error(`a program ${what}: ${this.#name}\n${this.#errors.join("\n")}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (patience !== undefined) setTimeout(resolve, deadline - performance.now() + 1).unref();
      });
    }
  }
}
