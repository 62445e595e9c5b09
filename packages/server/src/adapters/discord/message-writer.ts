import type { AnswerTarget } from "./answer-target.ts";
import type { DiscordApi } from "./discord-api.ts";
import { subtext } from "./discord-markdown.ts";
import { textMessage, type DiscordMessage } from "./discord-message.ts";
import type { FirstAnswer } from "./first-answer.ts";

type Place = {
  readonly kind: "original" | "follow_up" | "channel";
  readonly id: string;
  readonly channelId: string;
};

interface Written {
  readonly place: Place;
  readonly message: DiscordMessage;
}

/**
 * Makes what stands in Discord what is wanted: writes the messages that are missing and edits those that differ. It
 * answers an interaction by its own token, or, once that has ended, as the bot in the channel.
 */
export class MessageWriter {
  readonly #api: DiscordApi;
  readonly #target: AnswerTarget;
  readonly #first: FirstAnswer | undefined;
  #written: Written[] = [];
  #isByToken: boolean;
  #hasAnswered: boolean;
  /** Whether what was written before is unknown, and a follow-up has to stand between. */
  #needsNote: boolean;

  constructor(options: {
    readonly api: DiscordApi;
    readonly target: AnswerTarget;
    /** The acknowledgement that waits for the first message; absent when it has gone out before. */
    readonly first: FirstAnswer | undefined;
    /** Whether a server before this one wrote something, or may have. */
    readonly isResumed: boolean;
  }) {
    this.#api = options.api;
    this.#target = options.target;
    this.#first = options.first;
    this.#isByToken = options.target.interaction !== undefined;
    this.#hasAnswered = options.isResumed || !this.#isByToken;
    this.#needsNote = options.isResumed && this.#isByToken;
  }

  /** Whether the interaction's token is still what it writes with. */
  get isByToken(): boolean {
    return this.#isByToken;
  }

  /** Whether nothing was written yet. */
  get isFirst(): boolean {
    return !this.#hasAnswered && this.#written.length === 0;
  }

  /** Writes what differs, in order. @throws DiscordApiError; what was written by then is not written again */
  async write(wanted: readonly DiscordMessage[]): Promise<void> {
    for (const [index, message] of wanted.entries()) {
      const held = this.#written[index];
      if (held && isSame(held.message, message)) continue;
      if (held && held.message.isEphemeral === message.isEphemeral) {
        await this.#edit(held, message);
        this.#written[index] = { place: held.place, message };
      } else {
        this.#written[index] = { place: await this.#create(message), message };
      }
    }
  }

  /** Goes on as the bot in the channel, with messages of their own. */
  leaveToken(): void {
    this.#isByToken = false;
    this.#hasAnswered = true;
    this.#written = [];
  }

  async #create(message: DiscordMessage): Promise<Place> {
    const { interaction, channelId, userId } = this.#target;
    if (!this.#isByToken || !interaction) {
      // Nobody else may see it, and a channel has no messages for one.
      const where = message.isEphemeral ? await this.#api.directChannel(userId) : channelId;
      return { kind: "channel", id: await this.#api.createMessage(where, message), channelId: where };
    }
    const { token } = interaction;
    if (this.#needsNote) {
      // Where a deferral still stands, the first follow-up takes its place and is seen by everybody who sees that.
      await this.#api.followUp(token, textMessage(subtext("The hall was started anew; the answer goes on.")));
      this.#needsNote = false;
    } else if (!this.#hasAnswered) {
      if (this.#first?.offer(message)) {
        this.#hasAnswered = true;
        return { kind: "original", id: "", channelId };
      }
      const deferral = await this.#first?.acknowledgement;
      await this.#first?.sent;
      const isHidden = deferral?.kind === "deferral" && deferral.isEphemeral;
      if (isHidden === message.isEphemeral) {
        await this.#api.editOriginal(token, message);
        this.#hasAnswered = true;
        return { kind: "original", id: "", channelId };
      }
      // Who sees the answer to a deferral was settled with the deferral.
      await this.#api.editOriginal(token, textMessage(subtext("The answer is for the person who asked.")));
      this.#hasAnswered = true;
    }
    await this.#first?.sent;
    return { kind: "follow_up", id: await this.#api.followUp(token, message), channelId };
  }

  async #edit({ place, message: held }: Written, message: DiscordMessage): Promise<void> {
    await this.#first?.sent;
    // Files that are there already stay when an edit does not name them.
    const edited = hasSameFiles(held, message) ? { ...message, files: [] } : message;
    const token = this.#target.interaction?.token ?? "";
    switch (place.kind) {
      case "original":
        return await this.#api.editOriginal(token, edited);
      case "follow_up":
        return await this.#api.editFollowUp(token, place.id, edited);
      case "channel":
        return await this.#api.editMessage(place.channelId, place.id, edited);
    }
  }
}

function isSame(one: DiscordMessage, other: DiscordMessage): boolean {
  return (
    one.content === other.content &&
    one.isEphemeral === other.isEphemeral &&
    hasSameFiles(one, other) &&
    JSON.stringify([one.embeds, one.rows]) === JSON.stringify([other.embeds, other.rows])
  );
}

function hasSameFiles(one: DiscordMessage, other: DiscordMessage): boolean {
  return (
    one.files.length === other.files.length &&
    one.files.every(({ bytes }, index) => bytes === other.files[index]?.bytes)
  );
}
