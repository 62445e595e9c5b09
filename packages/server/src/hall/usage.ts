import type { State } from "../data/state/state.ts";
import { Batcher } from "./batcher.ts";

/** Who used what: every user in `user_set`, and `c_<command>` for each command (requirements S001-7, S001-16). */
export class Usage {
  readonly #batcher: Batcher<{ userId: string; commandName: string }, true>;

  constructor(state: State) {
    this.#batcher = new Batcher({
      limit: 1000,
      run: async (uses) => {
        const counts = new Map<string, number>();
        for (const { commandName } of uses) {
          const key = `c_${commandName.replaceAll(" ", "_")}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        await state.tally({
          amounts: counts,
          members: new Map([["user_set", [...new Set(uses.map(({ userId }) => userId))]]]),
        });
        return uses.map(() => true);
      },
    });
  }

  /** Counts one valid request. */
  async count(use: { userId: string; commandName: string }): Promise<void> {
    await this.#batcher.add(use);
  }
}
