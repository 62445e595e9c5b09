import type { CharactersApi } from "@guildhall/characters";
import type { ChannelDialects } from "./dialects.ts";
import type { RollNotes } from "./note-rolls.ts";
import type { SavedRolls } from "./saved-rolls.ts";
import type { Workspaces } from "./workspaces.ts";

/** What the commands of dice work with. */
export interface DiceTable {
  readonly characters: CharactersApi;
  readonly dialects: ChannelDialects;
  readonly saved: SavedRolls;
  readonly workspaces: Workspaces;
  readonly notes: RollNotes;
}
