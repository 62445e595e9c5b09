import { DIALECTS, type DialectName } from "@guildhall/dice-engine";
import {
  choice,
  CommandError,
  defineCommand,
  markdown,
  type Clock,
  type Command,
  type State,
} from "@guildhall/sdk";
import { z } from "zod";

const Stored = z.object({ dialect: z.enum(DIALECTS) });
const KEPT_MILLISECONDS = 10_000;
const KEPT_CHANNELS = 1_000;

/** Which dialect each channel rolls in; kept in the hall's state, and for ten seconds in memory. */
export class ChannelDialects {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly dialect: DialectName; readonly until: number }>();

  constructor({ state, clock }: { readonly state: State; readonly clock: Clock }) {
    this.#state = state;
    this.#clock = clock;
  }

  /** The channel's dialect; `guildhall` where nobody has chosen one. */
  async of(channelId: string): Promise<DialectName> {
    const now = this.#clock.now().getTime();
    const known = this.#known.get(channelId);
    if (known && known.until > now) return known.dialect;
    const stored = Stored.safeParse(await this.#state.get(keyOf(channelId)));
    return this.#remember(channelId, stored.success ? stored.data.dialect : "guildhall");
  }

  async choose(channelId: string, dialect: DialectName): Promise<void> {
    await this.#state.set(keyOf(channelId), { dialect });
    this.#remember(channelId, dialect);
  }

  #remember(channelId: string, dialect: DialectName): DialectName {
    if (this.#known.size >= KEPT_CHANNELS) this.#known.clear();
    this.#known.set(channelId, { dialect, until: this.#clock.now().getTime() + KEPT_MILLISECONDS });
    return dialect;
  }
}

function keyOf(channelId: string): string {
  return `dice_${channelId}`;
}

/** The command `dialect`: shows or chooses the channel's dialect. */
export function dialectCommand(dialects: ChannelDialects): Command {
  return defineCommand({
    name: "dialect",
    summary: "Show or choose how dice are written in this channel",
    description:
      "The same letters mean different things to different programs: k3 keeps the three highest dice in Roll20 and those that show a 3 in Avrae.",
    arguments: { name: choice("The dialect", DIALECTS, { optional: true }) },
    examples: ["dialect", "dialect roll20"],
    async *run({ name }, { place }) {
      if (name === undefined) {
        yield markdown(`Dice are written as in **${await dialects.of(place.channelId)}** here.`);
        return;
      }
      if (place.channelId === "") throw new CommandError("There is no channel here to choose a dialect for.");
      await dialects.choose(place.channelId, name);
      yield markdown(`Dice are written as in **${name}** here from now on.`);
    },
  });
}
