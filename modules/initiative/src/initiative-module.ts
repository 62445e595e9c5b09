import { charactersRef } from "@guildhall/characters";
import { defineCommand, defineModule } from "@guildhall/sdk";
import { combatantCommands } from "./combatant-commands.ts";
import { showTracker } from "./describe-tracker.ts";
import { joinCommands } from "./join-commands.ts";
import { Trackers } from "./trackers.ts";
import { turnCommands } from "./turn-commands.ts";

/** The module `initiative`: the command `init`. */
export const initiative = defineModule({
  name: "initiative",
  summary: "Whose turn it is, for every channel",
  dependencies: { characters: charactersRef },
  initialize: ({ state, dependencies: { characters } }) => {
    const trackers = new Trackers(state);
    const init = defineCommand({
      name: "init",
      summary: "See and keep the initiative of this channel",
      description: "Without more words: who is in it and whose turn it is.",
      examples: ["init", "init join Adrianna 1d20+3", "init next"],
      commands: [
        ...joinCommands({ trackers, characters }),
        ...turnCommands(trackers),
        ...combatantCommands(trackers),
      ],
      pure: true,
      async *run(_values, { user, place }) {
        yield* showTracker(await trackers.read(place), { userId: user.id });
      },
    });
    return { commands: [init] };
  },
});
