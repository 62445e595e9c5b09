import { askedDocument } from "../../commands/asked-line.ts";
import { renderHelpAnsi } from "../../commands/help/render-ansi.ts";
import { renderHelpText } from "../../commands/help/render-text.ts";
import type { LineError } from "../../commands/line-error.ts";
import type { HelpPage } from "../../commands/help/layout.ts";
import { DataError } from "../../data/data-error.ts";
import { chunkDocument, wholeActionDocument } from "../../hall/documents.ts";
import { HallError } from "../../hall/hall-error.ts";
import type { Hall } from "../../hall/open-hall.ts";
import type { FedEvent } from "../../hall/thread-feeds.ts";
import type { TerminalFrame, TerminalRequest } from "./terminal-frame.ts";

/**
 * Runs a line for a terminal and tells it what happens, chunk by chunk. When `signal` aborts the action is cancelled
 * and its end is still told.
 */
export async function* runTerminalLine(
  hall: Hall,
  request: TerminalRequest,
  signal: AbortSignal,
): AsyncGenerator<TerminalFrame> {
  try {
    yield* run(hall, request, signal);
  } catch (error) {
    if (error instanceof HallError || error instanceof DataError) {
      yield { kind: "refused", code: error.code, message: error.message };
      return;
    }
    throw error;
  }
}

async function* run(
  hall: Hall,
  request: TerminalRequest,
  signal: AbortSignal,
): AsyncGenerator<TerminalFrame> {
  const user = await hall.people.terminalUser(request.as);
  const threadId = await hall.actions.homeThread(user.id);
  // Events from before the line's own are passed over, so any earlier number will do.
  const { last_seq } = await hall.service.getThread(user.id, threadId, { limit: 1 });
  const submission = await hall.service.createThreadAction({
    principal: { user },
    threadId,
    adapter: "terminal",
    line: request.line,
  });
  switch (submission.kind) {
    case "help":
      yield { kind: "help", text: renderPage(submission, request) };
      return;
    case "line_invalid":
      yield {
        kind: "line_invalid",
        ...picked(submission.error),
        text: renderPage(submission, request),
      };
      return;
    case "action":
    case "repeated":
      break;
  }
  const { action } = submission;
  yield { kind: "accepted", action_id: action.id };
  if (!action.is_completed) {
    yield* follow(hall, { userId: user.id, threadId, after: last_seq, actionId: action.id, signal });
    const ended = await hall.data.getAction(user.id, action.id);
    yield { kind: "end", action: wholeActionDocument(ended) };
    return;
  }
  for (const chunk of action.response_chunks) yield { kind: "chunk", chunk: chunkDocument(chunk) };
  yield { kind: "end", action: wholeActionDocument(action) };
}

/** The chunks of a running action as they are stored, until it has ended. */
async function* follow(
  hall: Hall,
  of: { userId: string; threadId: string; after: number; actionId: string; signal: AbortSignal },
): AsyncGenerator<TerminalFrame> {
  const events: FedEvent[] = [];
  let wake: () => void = () => undefined;
  const cancel = () => {
    hall.actions.cancel(of.userId, of.actionId).catch(() => undefined);
  };
  of.signal.addEventListener("abort", cancel);
  if (of.signal.aborted) cancel();
  const stop = await hall.service.websocketEndpoint(of.userId, {
    threadId: of.threadId,
    after: of.after,
    reader: {
      deliver: (more) => {
        events.push(...more);
        wake();
      },
      end: () => wake(),
    },
  });
  try {
    for (;;) {
      const next = events.shift();
      if (!next) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const { type, action_id, chunk } = next.event;
      if (action_id !== of.actionId) continue;
      if (type === "action-completed") return;
      if (chunk) yield { kind: "chunk", chunk: chunkDocument(chunk) };
    }
  } finally {
    of.signal.removeEventListener("abort", cancel);
    stop();
  }
}

function renderPage(page: HelpPage, { ansi, width }: TerminalRequest): string {
  return ansi ? renderHelpAnsi(page, { width }) : renderHelpText(page, { width });
}

function picked({ code, message, column, limit, asked }: LineError) {
  return {
    code,
    message,
    ...(column === undefined ? {} : { column }),
    ...(limit === undefined ? {} : { limit }),
    ...(asked ? { asked: askedDocument(asked) } : {}),
  };
}
