import type { DiscordMessage } from "./discord-message.ts";

/** What an interaction is answered with at once. */
export type Acknowledgement =
  | { readonly kind: "message"; readonly message: DiscordMessage }
  | { readonly kind: "deferral"; readonly isEphemeral: boolean };

/**
 * The first answer to an interaction, which goes with the acknowledgement when it is ready in time, and else takes the
 * place of a deferral later.
 */
export class FirstAnswer {
  /** What to acknowledge with. */
  readonly acknowledgement: Promise<Acknowledgement>;
  /** Resolves when the acknowledgement has gone out: before that Discord knows no answer to add to. */
  readonly sent: Promise<void>;
  readonly #acknowledge: (acknowledgement: Acknowledgement) => void;
  readonly #markSent: () => void;
  #isOpen = true;

  constructor() {
    const acknowledgement = Promise.withResolvers<Acknowledgement>();
    const sent = Promise.withResolvers<void>();
    this.acknowledgement = acknowledgement.promise;
    this.sent = sent.promise;
    this.#acknowledge = acknowledgement.resolve;
    this.#markSent = sent.resolve;
  }

  /** Offers a message; whether it goes with the acknowledgement. One with files never does. */
  offer(message: DiscordMessage): boolean {
    if (!this.#isOpen) return false;
    if (message.files.length > 0) {
      this.defer({ isEphemeral: message.isEphemeral });
      return false;
    }
    this.#isOpen = false;
    this.#acknowledge({ kind: "message", message });
    return true;
  }

  /** Defers the answer, unless there is one already. */
  defer({ isEphemeral }: { readonly isEphemeral: boolean }): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#acknowledge({ kind: "deferral", isEphemeral });
  }

  /** Tells that the acknowledgement has gone out. */
  markSent(): void {
    this.#markSent();
  }
}
