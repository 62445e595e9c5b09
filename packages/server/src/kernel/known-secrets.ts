/** What stands for a secret wherever settings are shown. */
export const MASK = "********";

/** A shorter secret would be found in any text. */
const SHORTEST_REDACTED = 6;

/** The secrets that have been read so far, to be kept out of what is logged and told. */
export class KnownSecrets {
  readonly #known = new Set<string>();

  /** Learns a secret: a text, or every text in a list or object, except the ids that say whose it is. */
  learn(secret: unknown): void {
    if (typeof secret === "string") {
      this.#learnText(secret);
    } else if (typeof secret === "object" && secret !== null) {
      for (const [key, value] of Object.entries(secret)) {
        if (!/id$/i.test(key)) this.learn(value);
      }
    }
  }

  /** The text without any known secret, and without passwords in URLs. */
  redact(text: string): string {
    let redacted = maskUrls(text);
    for (const one of this.#known) redacted = redacted.replaceAll(one, MASK);
    return redacted;
  }

  #learnText(secret: string): void {
    if (secret.length < SHORTEST_REDACTED) return;
    this.#known.add(secret);
    // As it stands within JSON.
    this.#known.add(JSON.stringify(secret).slice(1, -1));
    const password = URL.canParse(secret) ? new URL(secret).password : "";
    if (password === "") return;
    this.#learnText(password);
    this.#learnText(decoded(password));
  }
}

/** The text with passwords in URLs masked. */
export function maskUrls(text: string): string {
  return text.replace(/(:\/\/[^:@/\s]*):[^@/\s]*@/g, `$1:${MASK}@`);
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
