import type { Clock } from "@guildhall/sdk";
import type { ChatAccount, ChatEntry, ChatPlace } from "../data/chat-entries.ts";

/** As for tokens: an account seen so lately is enough to begin with. */
const REMEMBERED_MILLISECONDS = 10_000;
const LIMIT = 10_000;

/**
 * Who types where, as the store said within the last ten seconds, so that a busy channel's lines cost one statement each.
 * The record of an action checks the account's person, their access and whether they are active in its own statement, so
 * what is remembered here may be outdated.
 */
export class KnownChatEntries {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly entry: ChatEntry; readonly until: number }>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  find(account: ChatAccount, place: ChatPlace): ChatEntry | undefined {
    const known = this.#entries.get(keyOf(account, place));
    return known && known.until > this.#clock.now().getTime() ? known.entry : undefined;
  }

  keep(account: ChatAccount, place: ChatPlace, entry: ChatEntry): void {
    if (this.#entries.size >= LIMIT) this.#entries.clear();
    const until = this.#clock.now().getTime() + REMEMBERED_MILLISECONDS;
    this.#entries.set(keyOf(account, place), { entry, until });
  }
}

function keyOf(account: ChatAccount, place: ChatPlace): string {
  return JSON.stringify([
    account.adapter,
    account.workspaceId,
    account.accountId,
    place.workspaceId,
    place.channelId,
  ]);
}
