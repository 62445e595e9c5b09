import { charactersRef } from "@guildhall/characters";
import { defineModule } from "@guildhall/sdk";
import { DiceLog } from "./dice-log.ts";
import { ChannelDialects, dialectCommand } from "./dialects.ts";
import { fairnessCommand } from "./fairness-command.ts";
import { HallLimits } from "./limit-settings.ts";
import { RollNotes } from "./note-rolls.ts";
import { oddsCommand } from "./odds-command.ts";
import { macroCommand, SavedRolls } from "./saved-rolls.ts";
import { sayCommand } from "./say-command.ts";
import { systemCommand } from "./system-command.ts";
import type { DiceTable } from "./dice-table.ts";
import { proofCommand } from "./proof-commands.ts";
import { rerollCommand } from "./reroll-command.ts";
import { rollCommand } from "./roll-command.ts";
import { statsCommand } from "./stats-command.ts";
import { TableChannels } from "./table-channels.ts";
import { rolls } from "./tables.ts";
import { tabletopCommand } from "./tabletop-command.ts";
import { tellRollsService } from "./tell-rolls.ts";
import { WorkspaceChoices, Workspaces } from "./workspaces.ts";

/** The module `dice`: rolls, odds, games, saved rolls, verifiable rolls, the dice log and each workspace's rules. */
export const dice = defineModule({
  name: "dice",
  summary: "Roll dice and look at the odds",
  dependencies: { characters: charactersRef },
  config: HallLimits,
  settings: { workspace: WorkspaceChoices },
  tables: [rolls],
  initialize: ({ config, dependencies, state, sealing, clock, settings, store, chat, cache }) => {
    const saved = new SavedRolls(state);
    const workspaces = new Workspaces({ settings, clock, hall: config });
    const channels = new TableChannels({ chat, cache, clock });
    const log = new DiceLog({ store });
    const notes = new RollNotes({ log, workspaces, channels, chat, clock });
    const table: DiceTable = {
      saved,
      characters: dependencies.characters,
      dialects: new ChannelDialects({ state, clock }),
      workspaces,
      notes,
    };
    return {
      commands: [
        rollCommand(table),
        oddsCommand(table),
        systemCommand(table),
        fairnessCommand(),
        sayCommand(table),
        proofCommand({ state, sealing, dice: table }),
        dialectCommand(table.dialects),
        macroCommand(table),
        rerollCommand({ table, log }),
        statsCommand(log),
        tabletopCommand({ workspaces, channels }),
      ],
      services: [tellRollsService({ log, notes })],
    };
  },
});
