import { moduleRef, type ModuleRef } from "@guildhall/sdk";

/** Something to roll, by its name on a sheet. */
export interface NamedRoll {
  /** As it was asked for, in lower case. */
  readonly label: string;
  /** Dice in the dialect `guildhall`; names in it such as `@str` are the character's {@link PlayedCharacter.variable}s. */
  readonly expression: string;
  /** The roll succeeds at this or less; null where the system does not roll under. */
  readonly target: number | null;
}

/** A character that somebody plays. */
export interface PlayedCharacter {
  /** 1 to 9, within the person's characters. */
  readonly id: number;
  readonly name: string;
  readonly system: "dnd5" | "pendragon" | "plain";
  /** The dice for initiative. */
  readonly initiative: string;
  /** What `@name` stands for; undefined when the sheet has no such number. */
  variable(name: string): number | undefined;
  /** The roll that words such as "stealth", "dex save" or an alias of the sheet name; undefined for unknown words. */
  namedRoll(words: string): NamedRoll | undefined;
}

/** What the module `characters` offers to others. */
export interface CharactersApi {
  /**
   * The person's active character, or the one called `name` (its id does as well); undefined when they have none at all.
   *
   * @throws CommandError with the code `no_such_character` when they have none of that name
   */
  find(options: {
    readonly userId: string;
    readonly name?: string | undefined;
  }): Promise<PlayedCharacter | undefined>;
}

/** The module `characters`, for those that depend on it. */
export const charactersRef: ModuleRef<CharactersApi> = moduleRef<CharactersApi>("characters");
