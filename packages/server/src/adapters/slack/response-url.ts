import { faultKind, SlackFault } from "./slack-fault.ts";
import type { SlackMessage } from "./slack-message.ts";

const TIMEOUT_MILLISECONDS = 10_000;

/**
 * Posts through a request's response URL.
 * https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 *
 * @throws SlackFault
 */
export async function postResponse(given: {
  readonly url: string;
  readonly message: SlackMessage;
  readonly forAsker: boolean;
  readonly fetch: typeof globalThis.fetch;
}): Promise<void> {
  const { message, forAsker } = given;
  await post(given, {
    response_type: forAsker ? "ephemeral" : "in_channel",
    // The message that a button stands below is another one.
    replace_original: false,
    mrkdwn: true,
    ...message,
  });
}

/**
 * Deletes the message whose button gave the response URL, which takes one of its uses.
 *
 * @throws SlackFault
 */
export async function deleteOriginal(given: {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
}): Promise<void> {
  await post(given, { delete_original: true });
}

async function post(
  { url, fetch }: { readonly url: string; readonly fetch: typeof globalThis.fetch },
  body: object,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
  } catch (error) {
    throw new SlackFault("unavailable", "no_answer", { cause: error });
  }
  const answer = (await response.text().catch(() => "")).slice(0, 1000);
  if (response.ok && !answer.includes('"ok":false')) return;
  if (response.status === 429) {
    const seconds = Number(response.headers.get("retry-after") ?? "1");
    throw new SlackFault("rate_limited", "ratelimited", {
      retryAfterMilliseconds: (Number.isFinite(seconds) ? Math.max(seconds, 1) : 1) * 1000,
    });
  }
  if (response.status >= 500) throw new SlackFault("unavailable", `http_${response.status}`);
  const code = /[a-z]+_[a-z_]+/.exec(answer)?.[0] ?? `http_${response.status}`;
  const known = faultKind(code);
  // Whatever else it says, the URL will not take it the next time either.
  throw new SlackFault(known === "other" ? "expired" : known, code);
}
