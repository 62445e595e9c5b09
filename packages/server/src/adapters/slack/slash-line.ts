/** What a slash command means in the hall. */
export type SlashLine =
  | { readonly kind: "line"; readonly line: string }
  /** The promised words for a command that the app has and the hall does not (requirements M-12). */
  | { readonly kind: "unsupported"; readonly message: string };

/** The commands that take any line: the hall's own name, and the promised one. */
export const MASTER_COMMANDS = ["/hall", "/modron"] as const;

/** Shortcuts whose line is not simply their own name. */
const SHORTCUTS: Readonly<Record<string, readonly string[]>> = { "/hp": ["character", "hp"] };

/**
 * The line of a slash command: `/hall X` and `/modron X` are X, `/hp X` is `character hp X`, `/roll X` is `roll X`,
 * and `/mroll X` is `roll X` (requirements M-12). Anything else is a shortcut only where the hall has the command.
 */
export function slashLine(given: {
  readonly command: string;
  readonly text: string;
  /** Whether the hall has a command under these words. */
  readonly isCommand: (words: readonly string[]) => boolean;
}): SlashLine {
  const { text, isCommand } = given;
  const command = given.command.toLowerCase();
  const line = text.trim();
  if (MASTER_COMMANDS.some((master) => master === command))
    return { kind: "line", line: line === "" ? "--help" : line };
  const name = command.replace(/^\//, "");
  const candidates = [SHORTCUTS[command] ?? [], [name], name.startsWith("m") ? [name.slice(1)] : []];
  const words = candidates.find((candidate) => candidate.length > 0 && isCommand(candidate));
  if (!words)
    return { kind: "unsupported", message: "ERROR: your command is not supported by Modron yet :(" };
  return { kind: "line", line: [...words, line].join(" ").trim() };
}
