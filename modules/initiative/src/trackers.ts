import { CommandError, type JsonValue, type Place, type State } from "@guildhall/sdk";
import { EMPTY_TRACKER, Tracker } from "./tracker.ts";

/** The trackers of all channels, kept in `init_<channel id>` (F-37). */
export class Trackers {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** @throws CommandError with the code `direct_message` in a direct message, like {@link change} */
  async read(place: Place): Promise<Tracker> {
    return parse(await this.#state.get(keyOf(place)));
  }

  /** Changes the channel's tracker in one atomic step; when `change` throws, nothing changes. */
  async change<Result extends { readonly tracker: Tracker }>(
    place: Place,
    change: (tracker: Tracker) => Result,
  ): Promise<Result> {
    let latest: Result | undefined;
    await this.#state.update(keyOf(place), (value) => {
      latest = change(parse(value));
      return latest.tracker;
    });
    if (!latest) throw new Error("the state did not apply the change");
    return latest;
  }
}

function keyOf({ channelId, isPrivate }: Place): string {
  if (isPrivate) {
    throw new CommandError("DMs are not supported: use init in the channel where the group plays.", {
      code: "direct_message",
    });
  }
  return `init_${channelId}`;
}

function parse(value: JsonValue | undefined): Tracker {
  return value === undefined ? EMPTY_TRACKER : Tracker.parse(value);
}
