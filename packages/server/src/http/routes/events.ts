import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyRequest } from "fastify";
import type { WebSocket } from "@fastify/websocket";
import { z } from "zod";
import type { JsonValue } from "@guildhall/sdk";
import type { ThreadEvent } from "../../data/thread-events.ts";
import type { FedEvent } from "../../hall/thread-feeds.ts";
import type { Principal } from "../../hall/people.ts";
import { notFound } from "../../data/data-error.ts";
import { Problem } from "../problem.ts";
import { isOwnOrigin } from "../request-guards.ts";
import type { App, RouteContext } from "../route-context.ts";
import { problems } from "../schemas.ts";

/** A reader that is this far behind is sent away; it comes back and reads on from where it was. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

/** How long a reader has to take what is left: the time that the socket library gives too. */
const CLOSE_MILLISECONDS = 30_000;
/** The same when the hall stops. */
const STOP_MILLISECONDS = 2000;
const POLL_MILLISECONDS = 5;

/** Close codes of the events' socket beside those of RFC 6455. */
export const CLOSE = { goingAway: 1001, tooSlow: 1013, signedOut: 4401, removed: 4404 } as const;

const Query = z.object({
  thread_id: z.uuid(),
  after: z.coerce.number().int().min(0).default(0),
});

const NOT_SHARED = "the thread is not shared with you";
const STOPPING = "the hall is stopping";

/** What a live view is sent by, whatever carries it. */
interface Carrier {
  send(events: readonly FedEvent[]): void;
  ping(): void;
  /** Ends the view once what was sent has been taken, or the reader's time is up. */
  close(code: number, reason: string): void;
  cut(): void;
}

interface View {
  readonly carrier: Carrier;
  readonly userId: string;
  readonly threadId: string;
  /** The number of the last event that was sent. */
  sent: number;
}

/** Live events of a thread: Server-Sent Events, or a WebSocket when upgraded. */
export function registerEvents(
  app: App,
  { hall, authentication, places, stopping, pingMilliseconds }: RouteContext,
): void {
  const open = new Set<View>();
  app.addHook("preClose", async () => {
    await Promise.race([hearTheEnd(), delay(STOP_MILLISECONDS, undefined, { ref: false })]);
    for (const { carrier } of open) carrier.close(CLOSE.goingAway, STOPPING);
    setTimeout(() => {
      for (const { carrier } of open) carrier.cut();
    }, STOP_MILLISECONDS).unref();
  });

  app.route({
    method: "GET",
    url: "/events",
    schema: {
      summary:
        "What happens in a thread after an event's number: Server-Sent Events, or a WebSocket when upgraded",
      description:
        "Signed in by cookie or bearer token, never by a token in the URL. Each event is sent once and in order; after a break go on from the last `seq` (SSE does so by Last-Event-ID). The socket closes with 4401 when one is signed out, and with 4404 when the thread is removed or no longer shared with one.",
      tags: ["events"],
      querystring: Query,
      response: {
        200: {
          description: "The events, each with a `ThreadEvent` as its data",
          content: { "text/event-stream": { schema: z.string() } },
        },
        ...problems(400, 401, 403, 404),
      },
    },
    preValidation: async (request) => {
      // Browsers let any page open a socket with this site's cookies.
      if (request.headers.origin !== undefined && !isOwnOrigin(request, places)) {
        throw new Problem("origin_refused", "Events are for the hall's own pages and for programs.");
      }
    },
    preHandler: async (request) => {
      // Refused before the upgrade, so that the reason reaches the client as a problem document.
      const { user } = await authentication.require(request);
      const { thread_id } = Query.parse(request.query);
      if (!(await hall.runs.mayRead(user.id, thread_id))) throw notFound("thread");
    },
    handler: async (request, reply) => {
      const lastSeen = Number(request.headers["last-event-id"]);
      const { thread_id, after } = request.query;
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        "x-content-type-options": "nosniff",
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      raw.write("retry: 1000\n\n");
      try {
        const stop = await carry(request, streamCarrier(raw), {
          threadId: thread_id,
          after: Number.isSafeInteger(lastSeen) && lastSeen > 0 ? lastSeen : after,
        });
        // The reader may have gone meanwhile.
        if (raw.destroyed) stop();
        else raw.on("close", stop);
      } catch {
        // The answer has begun: all that is left is to break off, and the reader comes back.
        raw.destroy();
      }
    },
    wsHandler: (socket, request) => {
      const { thread_id, after } = Query.parse(request.query);
      const carrier = socketCarrier(socket);
      carry(request, carrier, { threadId: thread_id, after }).then(
        (stop) => {
          if (socket.readyState === socket.OPEN) socket.on("close", stop);
          else stop();
        },
        () => carrier.close(CLOSE.signedOut, "signed out, or not your thread"),
      );
    },
  });

  /** Sends the thread's events until the returned function is called, or the right to see them ends. */
  async function carry(
    request: FastifyRequest,
    carrier: Carrier,
    from: { threadId: string; after: number },
  ): Promise<() => void> {
    const first = await authentication.require(request);
    // Somebody who was let in again may meet the event that had put them out: only a later one counts.
    const { last_seq } = await hall.service.getThread(first.user.id, from.threadId, { limit: 0 });
    const view: View = { carrier, userId: first.user.id, threadId: from.threadId, sent: from.after };
    let stopReading: (() => void) | undefined;
    stopReading = await hall.service.websocketEndpoint(first.user.id, {
      ...from,
      reader: {
        deliver: (events) => {
          const end = events.findIndex(({ seq, event }) => seq > last_seq && removes(event, view.userId));
          const theirs = end === -1 ? events : events.slice(0, end + 1);
          carrier.send(theirs);
          view.sent = theirs.at(-1)?.seq ?? view.sent;
          // The others see the event; what comes after it is not for the one whom it names.
          if (end !== -1) {
            carrier.close(CLOSE.removed, NOT_SHARED);
            stopReading?.();
          }
        },
        end: () => carrier.close(CLOSE.removed, "the thread was removed"),
      },
    });
    const check = async () => {
      const lost = await lostRight(request, first, from.threadId);
      if (lost) carrier.close(...lost);
    };
    const timer = setInterval(() => {
      carrier.ping();
      void check();
    }, pingMilliseconds);
    const forget = hall.onRevoked((userId) => {
      if (userId === first.user.id) void check();
    });
    open.add(view);
    if (stopping.aborted) carrier.close(CLOSE.goingAway, STOPPING);
    return () => {
      clearInterval(timer);
      forget();
      stopReading?.();
      open.delete(view);
    };
  }

  /** Resolves when every view has been sent what its thread holds by now, such as the end of what ran. */
  async function hearTheEnd(): Promise<void> {
    const threads = new Map([...open].map((view) => [view.threadId, view]));
    hall.feeds.hint([...threads.keys()]);
    await Promise.all(
      [...threads].map(async ([threadId, { userId }]) => {
        const thread = await hall.service.getThread(userId, threadId, { limit: 1 }).catch(() => undefined);
        const last = thread?.last_seq ?? 0;
        while ([...open].some((view) => view.threadId === threadId && view.sent < last)) {
          await delay(POLL_MILLISECONDS, undefined, { ref: false });
        }
      }),
    );
  }

  /** The close code and reason for somebody who may not go on; undefined for whoever may. */
  async function lostRight(
    request: FastifyRequest,
    before: Principal,
    threadId: string,
  ): Promise<[code: number, reason: string] | undefined> {
    try {
      const now = await authentication.find(request);
      if (now?.user.id !== before.user.id) return [CLOSE.signedOut, "signed out"];
      return (await hall.runs.mayRead(now.user.id, threadId)) ? undefined : [CLOSE.removed, NOT_SHARED];
    } catch (error) {
      // While the store is away nobody can say; the next ping asks again.
      return error instanceof Problem ? [CLOSE.signedOut, "signed out"] : undefined;
    }
  }
}

/** Whether an event takes the thread from this user. */
function removes({ type, payload }: ThreadEvent, userId: string): boolean {
  return type === "member-removed" && isRecord(payload) && payload["user_id"] === userId;
}

const isRecord = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function streamCarrier(raw: ServerResponse): Carrier {
  // One that was ended may still be on its way to a slow reader; a further write would be an error.
  const write = (text: string) => {
    if (!raw.writableEnded && !raw.destroyed) raw.write(text);
  };
  const close = () => {
    if (raw.writableEnded) return;
    raw.end();
    const patience = setTimeout(() => raw.destroy(), CLOSE_MILLISECONDS);
    raw.on("close", () => clearTimeout(patience));
  };
  return {
    send: (events) => {
      write(
        events.map(({ seq, event, text }) => `id: ${seq}\nevent: ${event.type}\ndata: ${text}\n\n`).join(""),
      );
      // What was written still goes out, so that each attempt brings the reader further.
      if (raw.writableLength > MAX_UNSENT_BYTES) close();
    },
    ping: () => write(": ping\n\n"),
    close,
    cut: () => void raw.destroy(),
  };
}

function socketCarrier(socket: WebSocket): Carrier {
  let alive = true;
  socket.on("pong", () => {
    alive = true;
  });
  const close = (code: number, reason: string) => socket.close(code, reason);
  return {
    send: (events) => {
      for (const { bytes } of events) socket.send(bytes, { binary: false });
      if (socket.bufferedAmount > MAX_UNSENT_BYTES)
        close(CLOSE.tooSlow, "too slow; read on from the last seq");
    },
    ping: () => {
      if (!alive) {
        socket.terminate();
        return;
      }
      alive = false;
      socket.ping();
    },
    close,
    cut: () => socket.terminate(),
  };
}
