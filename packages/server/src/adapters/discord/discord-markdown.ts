/**
 * Escapes text so that Discord shows it as it was typed: no markup, no mention, no list, heading, quote or spoiler
 * (https://discord.com/developers/docs/reference#message-formatting).
 */
export function escapeDiscord(text: string): string {
  return text
    .replace(/[\\*_~`|<>[\]()@]/g, "\\$&")
    .replace(/^(\s*)([-+#])/gm, "$1\\$2")
    .replace(/^(\s*\d+)\./gm, "$1\\.");
}

/** Text in the type of code, on one line; inside nothing is markup, so backticks get longer quotes around them. */
export function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, " ");
  if (!line.includes("`")) return line.trim() === "" ? "` `" : `\`${line}\``;
  // Discord knows one and two backticks as quotes: of three in a row the middle of a wider character is taken away.
  return `\`\` ${line.replace(/``+/g, (run) => run.split("").join("\u200B"))} \`\``;
}

/** A block of code. Three backticks in it are kept apart, so that they cannot end it. */
export function codeBlock(text: string, language = ""): string {
  return `\`\`\`${language}\n${text.replace(/```/g, "`\u200B`\u200B`")}\n\`\`\``;
}

/** Small grey text: what the hall says about an answer. */
export function subtext(text: string): string {
  return `-# ${text}`;
}
