import createClient from "openapi-fetch";
import { backOff } from "./back-off.ts";
import type { paths } from "./generated/hall-api.ts";
import {
  Problem,
  type Action,
  type Asked,
  type Completion,
  type Help,
  type Thread,
  type ThreadSummary,
  type User,
} from "./schemas.ts";

const SUBMIT_ATTEMPTS = 5;
const UNREACHABLE = "unreachable";

/** A request that the hall refused, or that never reached it (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Usage that explains the refusal of a typed line. */
  readonly help: Help | undefined;
  /** What the typed line asks before it runs. */
  readonly asked: Asked | undefined;
  /** What is wrong with each field of a form, by its name. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(options: {
    status: number;
    code: string;
    detail: string;
    help?: Help | undefined;
    asked?: Asked | undefined;
    fields?: Readonly<Record<string, string>>;
  }) {
    super(options.detail);
    this.name = "ApiError";
    this.status = options.status;
    this.code = options.code;
    this.help = options.help;
    this.asked = options.asked;
    this.fields = options.fields ?? {};
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

/** The hall's API, typed by its own description; every call of the console goes through it and {@link answerOf}. */
export const hall = createClient<paths>({
  baseUrl: "/",
  credentials: "same-origin",
  headers: { accept: "application/json" },
  fetch: reach,
});

async function reach(request: globalThis.Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    const detail = "The hall cannot be reached. Check the connection, or whether the hall is running.";
    throw new ApiError({ status: 0, code: UNREACHABLE, detail });
  }
}

interface Call<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** What a call answers when it succeeds. @throws ApiError */
export async function answerOf<Data>(call: Promise<Call<Data>>): Promise<Data> {
  const { data, response } = await finished(call);
  if (data === undefined) throw unknownAnswer(response.status);
  return data;
}

/** Waits for a call whose answer has nothing to tell. @throws ApiError */
export async function done(call: Promise<Call<unknown>>): Promise<void> {
  await finished(call);
}

async function finished<Data>(call: Promise<Call<Data>>): Promise<Call<Data>> {
  let result: Call<Data>;
  try {
    result = await call;
  } catch (error) {
    if (error instanceof SyntaxError) throw unknownAnswer(200);
    throw error;
  }
  if (!result.response.ok) throw refusal(result.response.status, result.error);
  return result;
}

function unknownAnswer(status: number): ApiError {
  const detail = "The hall sent an answer that this page does not understand. Reload the page and try again.";
  return new ApiError({ status, code: "answer_unknown", detail });
}

function refusal(status: number, body: unknown): ApiError {
  const { data: problem } = Problem.safeParse(body);
  const error = new ApiError({
    status,
    code: problem?.code ?? `http_${status}`,
    detail: problem?.detail ?? problem?.title ?? `The hall answered with the status ${status}.`,
    help: problem?.help,
    asked: problem?.error?.asked,
    // Of a JSON Pointer the first step is the field.
    fields: Object.fromEntries(
      (problem?.errors ?? []).map(({ path, message }) => [path.split("/")[1] ?? "", message]),
    ),
  });
  if (error.status === 401 && error.code !== "wrong_password") announceSignedOut();
  return error;
}

/** Who is signed in; null when nobody is. */
export async function getMe(signal?: AbortSignal): Promise<User | null> {
  try {
    return await answerOf(hall.GET("/api/v1/users/me", signalled(signal)));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Signs in; the hall answers with a session cookie that scripts cannot read. */
export async function signIn(body: { email: string; password: string }): Promise<void> {
  await done(hall.POST("/api/v1/auth/login", { body }));
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await done(hall.POST("/api/v1/auth/logout"));
}

/** Makes the first administrator with the token of the set-up link, and signs in. */
export async function setUp(body: {
  token: string;
  email: string;
  password: string;
  display_name: string;
}): Promise<void> {
  await done(hall.POST("/api/v1/auth/setup", { body }));
}

/** A page of the person's threads, newest first; with `search` only those with this text in them. */
export async function listThreads({
  before,
  search = "",
  signal,
}: {
  before: string | null;
  search?: string;
  signal?: AbortSignal;
}) {
  const query = { limit: 50, ...(before === null ? {} : { before }), ...(search === "" ? {} : { search }) };
  return await answerOf(hall.GET("/api/v1/threads", { params: { query }, ...signalled(signal) }));
}

/** Makes a thread. */
export async function createThread(title: string): Promise<ThreadSummary> {
  return await answerOf(hall.POST("/api/v1/threads", { body: { title } }));
}

/** Changes what is named in `change` and nothing else; an empty string empties. */
export async function changeThread(
  id: string,
  body: { title?: string; description?: string },
): Promise<void> {
  await done(hall.PATCH("/api/v1/threads/{id}", { params: { path: { id } }, body }));
}

/** Removes a thread for everyone. */
export async function deleteThread(id: string): Promise<void> {
  await done(hall.DELETE("/api/v1/threads/{id}", { params: { path: { id } } }));
}

/** A thread with its newest actions, or with those before a display order. */
export async function getThread({
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
  const query = { limit, ...(before === undefined ? {} : { before }) };
  return await answerOf(
    hall.GET("/api/v1/threads/{id}", { params: { path: { id }, query }, ...signalled(signal) }),
  );
}

/** Asks a running action to stop; its end arrives as an event. */
export async function cancelAction(id: string): Promise<void> {
  await done(hall.POST("/api/v1/actions/{id}/cancel", { params: { path: { id } } }));
}

/** Where all of an action's text is, as one file. */
export function outputUrl(id: string): string {
  return `/api/v1/actions/${encodeURIComponent(id)}/output`;
}

const CHUNK_PATH = /^\/api\/v1\/actions\/([^/]+)\/chunks\/(\d+)$/;

/** The whole JSON value behind the path that a chunk names. */
export async function getWholeJson(path: string, signal: AbortSignal): Promise<{ readonly value: unknown }> {
  const [, id = "", order = ""] = CHUNK_PATH.exec(path) ?? [];
  const params = { path: { id, order: Number(order) } };
  const value: unknown = await answerOf(
    hall.GET("/api/v1/actions/{id}/chunks/{order}", { params, parseAs: "json", signal }),
  );
  return { value };
}

/** What can be typed at the cursor. */
export async function completeLine({
  signal,
  ...query
}: {
  line: string;
  cursor: number;
  signal: AbortSignal;
}): Promise<Completion> {
  return await answerOf(hall.GET("/api/v1/commands/complete", { params: { query }, signal }));
}

/** The commands of the hall. */
export async function listCommands(signal?: AbortSignal) {
  return (await answerOf(hall.GET("/api/v1/commands", signalled(signal)))).items;
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
  const params = {
    path: { id: threadId },
    header: { "x-guildhall-adapter": "console", "idempotency-key": key },
  } as const;
  const answer = await answerOf(
    hall.POST("/api/v1/threads/{id}/actions", { params, body: { raw_text: line } }),
  );
  return "help" in answer
    ? ({ kind: "help", help: answer.help } as const)
    : ({ kind: "action", action: answer } as const);
}

/** The option of a call that may be given up. */
export const signalled = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

/** A fresh Idempotency-Key. `crypto.randomUUID` is missing where a hall is reached over plain HTTP. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
