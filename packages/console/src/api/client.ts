import type * as z from "zod/mini";
import { backOff } from "./back-off.ts";
import {
  Action,
  CommandList,
  Completion,
  HelpAnswer,
  Problem,
  Thread,
  ThreadPage,
  ThreadSummary,
  User,
  type Help,
} from "./schemas.ts";

const ROOT = "/api/v1";
const SUBMIT_ATTEMPTS = 5;
const UNREACHABLE = "unreachable";

/** A request that the hall refused, or that never reached it (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Usage that explains the refusal of a typed line. */
  readonly help: Help | undefined;

  constructor(options: { status: number; code: string; detail: string; help?: Help | undefined }) {
    super(options.detail);
    this.name = "ApiError";
    this.status = options.status;
    this.code = options.code;
    this.help = options.help;
  }

  /** Whether the same request may succeed later without a change. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** One sentence for the person, whatever was thrown. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return "Something went wrong in this page. Reload it and try again.";
}

const signedOutListeners = new Set<() => void>();

/** Calls the listener whenever the hall says that nobody is signed in. Returns how to stop. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Tells the page that the session has ended. */
export function announceSignedOut(): void {
  for (const listener of signedOutListeners) listener();
}

interface Request<Schema extends z.ZodMiniType> {
  readonly path: string;
  readonly method?: "POST" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** The form of a good answer; without one the answer's body is not read. */
  readonly answer?: Schema;
}

async function send({ path, method, body, headers, signal }: Request<z.ZodMiniType>): Promise<Response> {
  try {
    return await fetch(ROOT + path, {
      method: method ?? "GET",
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const detail = "The hall cannot be reached. Check the connection, or whether the hall is running.";
    throw new ApiError({ status: 0, code: UNREACHABLE, detail });
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const { data: problem } = Problem.safeParse(await readJson(response));
  const error = new ApiError({
    status: response.status,
    code: problem?.code ?? `http_${response.status}`,
    detail: problem?.detail ?? problem?.title ?? `The hall answered with the status ${response.status}.`,
    help: problem?.help,
  });
  if (error.status === 401 && error.code !== "wrong_password") announceSignedOut();
  return error;
}

async function request<Schema extends z.ZodMiniType>(
  options: Request<Schema> & { readonly answer: Schema },
): Promise<z.infer<Schema>> {
  const response = await send(options);
  if (!response.ok) throw await refusal(response);
  const parsed = options.answer.safeParse(await readJson(response));
  if (parsed.success) return parsed.data;
  const detail = "The hall sent an answer that this page does not understand. Reload the page and try again.";
  throw new ApiError({ status: response.status, code: "answer_unknown", detail });
}

async function command(options: Request<z.ZodMiniType>): Promise<void> {
  const response = await send(options);
  if (!response.ok) throw await refusal(response);
}

const segment = encodeURIComponent;

/** Who is signed in; null when nobody is. */
export async function getMe(signal?: AbortSignal): Promise<User | null> {
  try {
    return await request({ path: "/users/me", answer: User, signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Signs in; the hall answers with a session cookie that scripts cannot read. */
export function signIn(credentials: { email: string; password: string }): Promise<void> {
  return command({ path: "/auth/login", method: "POST", body: credentials });
}

/** Ends the session. */
export function signOut(): Promise<void> {
  return command({ path: "/auth/logout", method: "POST" });
}

/** Makes the first administrator with the token of the set-up link, and signs in. */
export function setUp(person: {
  token: string;
  email: string;
  password: string;
  display_name: string;
}): Promise<void> {
  return command({ path: "/auth/setup", method: "POST", body: person });
}

/** A page of the person's threads, newest first. */
export function listThreads({ before, signal }: { before: string | null; signal?: AbortSignal }) {
  const query = new URLSearchParams({ limit: "50", ...(before === null ? {} : { before }) });
  return request({ path: `/threads?${query}`, answer: ThreadPage, signal });
}

/** Makes a thread. */
export function createThread(title: string): Promise<ThreadSummary> {
  return request({ path: "/threads", method: "POST", body: { title }, answer: ThreadSummary });
}

/** Changes what is named in `change` and nothing else; an empty string empties. */
export function changeThread(id: string, change: { title?: string; description?: string }): Promise<void> {
  return command({ path: `/threads/${segment(id)}`, method: "PATCH", body: change });
}

/** Removes a thread for everyone. */
export function deleteThread(id: string): Promise<void> {
  return command({ path: `/threads/${segment(id)}`, method: "DELETE" });
}

/** A thread with its newest actions, or with those before a display order. */
export function getThread({
  id,
  before,
  limit = 50,
  signal,
}: {
  id: string;
  before?: number;
  limit?: number;
  signal?: AbortSignal;
}): Promise<Thread> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(before === undefined ? {} : { before: String(before) }),
  });
  return request({ path: `/threads/${segment(id)}?${query}`, answer: Thread, signal });
}

/** Asks a running action to stop; its end arrives as an event. */
export function cancelAction(id: string): Promise<void> {
  return command({ path: `/actions/${segment(id)}/cancel`, method: "POST" });
}

/** What can be typed at the cursor. */
export function completeLine({
  line,
  cursor,
  signal,
}: {
  line: string;
  cursor: number;
  signal: AbortSignal;
}): Promise<Completion> {
  const query = new URLSearchParams({ line, cursor: String(cursor) });
  return request({ path: `/commands/complete?${query}`, answer: Completion, signal });
}

/** The commands of the hall. */
export async function listCommands(signal?: AbortSignal) {
  return (await request({ path: "/commands", answer: CommandList, signal })).items;
}

/** What became of a submitted line: an action, or help where the line asked for it. */
export type Submitted =
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "help"; readonly help: Help };

/**
 * Submits a line. A failure of the network is tried again under the same key, so that the line runs once.
 * @throws ApiError; with `isPassing` the outcome is unknown, and the same key must be used for another try
 */
export async function submitLine({
  threadId,
  line,
  key,
}: {
  threadId: string;
  line: string;
  key: string;
}): Promise<Submitted> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await submitOnce({ threadId, line, key });
    } catch (error) {
      const again = error instanceof ApiError && error.isPassing && attempt + 1 < SUBMIT_ATTEMPTS;
      if (!again) throw error;
      await new Promise((resolve) => setTimeout(resolve, backOff(attempt)));
    }
  }
}

async function submitOnce({ threadId, line, key }: { threadId: string; line: string; key: string }) {
  const response = await send({
    path: `/threads/${segment(threadId)}/actions`,
    method: "POST",
    body: { raw_text: line },
    headers: { "X-Guildhall-Adapter": "console", "Idempotency-Key": key },
  });
  if (!response.ok) throw await refusal(response);
  const body = await readJson(response);
  const help = HelpAnswer.safeParse(body);
  if (help.success) return { kind: "help", help: help.data.help } as const;
  const action = Action.safeParse(body);
  if (action.success) return { kind: "action", action: action.data } as const;
  const detail =
    "The line was sent, but this page does not understand the answer. Reload the page to see it.";
  throw new ApiError({ status: response.status, code: "answer_unknown", detail });
}

/** A fresh Idempotency-Key. `crypto.randomUUID` is missing where a hall is reached over plain HTTP. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
