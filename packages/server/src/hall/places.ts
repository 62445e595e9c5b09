import type { Place } from "@guildhall/sdk";
import type { ActionRuns } from "../data/action-runs.ts";

const KEPT_PLACES = 10_000;

/** Which place each thread is, for lines that do not come from chat. */
export class Places {
  readonly #runs: ActionRuns;
  // A thread is a channel's from its first moment or never, so what is known of it stays true.
  readonly #known = new Map<string, Omit<Place, "adapter">>();

  constructor({ runs }: { readonly runs: ActionRuns }) {
    this.#runs = runs;
  }

  /** A chat channel where it is a channel's thread, else the thread itself. */
  async of({ adapter, threadId }: { readonly adapter: string; readonly threadId: string }): Promise<Place> {
    const known = this.#known.get(threadId);
    if (known) return { adapter, ...known };
    const place = (await this.#runs.channelOfThread(threadId)) ?? {
      platform: null,
      workspaceId: null,
      channelId: threadId,
      isPrivate: false,
    };
    if (this.#known.size >= KEPT_PLACES) this.#known.clear();
    this.#known.set(threadId, place);
    return { adapter, ...place };
  }
}
