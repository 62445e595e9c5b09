import { backOff } from "../api/back-off.ts";
import { announceSignedOut, ApiError, getThread } from "../api/client.ts";
import { parseThreadEvent, type ThreadEvent } from "../api/schemas.ts";

const SIGNED_OUT = 4401;
const THREAD_REMOVED = 4404;
/** Events within this time are handed over together, so that a fast stream does not draw the page for each. */
const GATHER_MS = 16;
/** A page hidden for longer comes back with a new socket: the old one may have died in a suspended machine. */
const STALE_AFTER_HIDDEN_MS = 60_000;
const STEADY_AFTER_MS = 10_000;

/** How the page hears of a thread's events. */
export type LiveState = "connecting" | "live" | "reconnecting";

interface LiveThreadOptions {
  readonly threadId: string;
  /** The newest event that the page has. */
  readonly after: number;
  readonly onEvents: (events: readonly ThreadEvent[]) => void;
  readonly onState: (state: LiveState) => void;
  readonly onRemoved: () => void;
}

/**
 * The events of one thread, over a socket that is opened again whenever it is lost, from the last event seen. It
 * never gives up; what the person does, and a page or network that comes back, makes it try at once.
 */
export class LiveThread {
  readonly #options: LiveThreadOptions;
  readonly #stop = new AbortController();
  #seq: number;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #openedAt = 0;
  #hiddenAt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #gatherTimer: ReturnType<typeof setTimeout> | undefined;
  #gathered: ThreadEvent[] = [];

  constructor(options: LiveThreadOptions) {
    this.#options = options;
    this.#seq = options.after;
    const { signal } = this.#stop;
    for (const type of ["pointerdown", "keydown", "online"] as const) {
      window.addEventListener(type, () => this.#retryNow(), { signal, passive: true });
    }
    window.addEventListener("offline", () => this.#drop(), { signal });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged(), { signal });
    options.onState("connecting");
    this.#connect();
  }

  /** Ends it for good. */
  close(): void {
    this.#stop.abort();
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#gatherTimer);
    this.#socket?.close(1000);
    this.#socket = undefined;
  }

  #connect(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const url = new URL("/api/v1/events", window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = new URLSearchParams({
      thread_id: this.#options.threadId,
      after: String(this.#seq),
    }).toString();
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#openedAt = 0;
    const isCurrent = () => this.#socket === socket && !this.#stop.signal.aborted;
    socket.addEventListener("open", () => {
      if (!isCurrent()) return;
      this.#openedAt = Date.now();
      this.#options.onState("live");
    });
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (isCurrent() && typeof data === "string") this.#take(data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (isCurrent()) this.#closed(code);
    });
  }

  #take(message: string): void {
    const event = parseThreadEvent(message);
    if (!event || event.seq <= this.#seq) return;
    this.#seq = event.seq;
    this.#gathered.push(event);
    this.#gatherTimer ??= setTimeout(() => {
      this.#gatherTimer = undefined;
      const events = this.#gathered;
      this.#gathered = [];
      this.#options.onEvents(events);
    }, GATHER_MS);
  }

  #closed(code: number): void {
    this.#socket = undefined;
    if (code === SIGNED_OUT) {
      this.close();
      announceSignedOut();
      return;
    }
    if (code === THREAD_REMOVED) {
      this.close();
      this.#options.onRemoved();
      return;
    }
    // A refused upgrade shows no reason to scripts, so the reason is asked for.
    if (this.#openedAt === 0) void this.#probe();
    if (this.#openedAt > 0 && Date.now() - this.#openedAt > STEADY_AFTER_MS) this.#attempt = 0;
    this.#options.onState("reconnecting");
    this.#retryTimer = setTimeout(() => this.#connect(), backOff(this.#attempt));
    this.#attempt += 1;
  }

  async #probe(): Promise<void> {
    try {
      await getThread({ id: this.#options.threadId, limit: 1, signal: this.#stop.signal });
    } catch (error) {
      if (this.#stop.signal.aborted || !(error instanceof ApiError) || error.status !== 404) return;
      this.close();
      this.#options.onRemoved();
    }
  }

  #retryNow(): void {
    this.#attempt = 0;
    if (this.#retryTimer !== undefined) this.#connect();
  }

  /** Lets go of a socket that can no longer be trusted, and begins anew. */
  #drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(1006);
    socket.close();
  }

  #visibilityChanged(): void {
    if (document.hidden) {
      this.#hiddenAt = Date.now();
      return;
    }
    if (this.#hiddenAt > 0 && Date.now() - this.#hiddenAt > STALE_AFTER_HIDDEN_MS) this.#drop();
    this.#retryNow();
  }
}
