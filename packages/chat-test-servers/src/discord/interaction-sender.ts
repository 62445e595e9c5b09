import {
  ApplicationCommandOptionType,
  type APIApplicationCommandAutocompleteInteraction,
  type APIInteraction,
  type APIInteractionResponse,
  type APIMessage,
  type APIUser,
} from "discord-api-types/v10";
import type { DiscordSigner } from "./discord-signer.ts";
import type { DiscordWorld, HeldInteraction } from "./discord-world.ts";
import {
  autocompletePayload,
  commandPayload,
  componentPayload,
  modalPayload,
  pingPayload,
  type FilledOptions,
  type InteractionIdentity,
} from "./sample-interactions.ts";

/** How long Discord waits for the first answer. */
const ANSWER_MILLISECONDS = 3000;

/** What became of an interaction that was sent. */
export interface SentInteraction {
  readonly payload: APIInteraction;
  readonly interaction: HeldInteraction;
  readonly body: string;
  /** The endpoint's status; 0 when it did not answer in time. */
  readonly status: number;
  /** The endpoint's answer, when it was one. */
  readonly response: APIInteractionResponse | undefined;
  /** What the endpoint said when it refused. */
  readonly text: string;
}

/** A person at a place of the pretended Discord. */
export interface Actor {
  readonly user: APIUser;
  readonly channelId: string;
  /** Absent in a direct message. */
  readonly guildId?: string | undefined;
  /** Of the person in the channel, as an integer. */
  readonly permissions?: string | undefined;
}

/** A simple option's value, or the options below a sub-command. */
export type GivenOptions = { readonly [name: string]: string | number | boolean | GivenOptions };

/** Sends an application what people do, signed, as Discord does to an interactions endpoint. */
export class InteractionSender {
  readonly #world: DiscordWorld;
  readonly #signer: DiscordSigner;
  readonly #now: () => Date;
  readonly #answerMilliseconds: number;
  readonly #apply: (token: string, response: APIInteractionResponse) => void;
  #endpoint: string | undefined;

  constructor(options: {
    readonly world: DiscordWorld;
    readonly signer: DiscordSigner;
    readonly now: () => Date;
    /** How long to wait for the first answer; as long as Discord when left out. */
    readonly answerMilliseconds?: number | undefined;
    readonly apply: (token: string, response: APIInteractionResponse) => void;
  }) {
    this.#world = options.world;
    this.#signer = options.signer;
    this.#now = options.now;
    this.#answerMilliseconds = options.answerMilliseconds ?? ANSWER_MILLISECONDS;
    this.#apply = options.apply;
  }

  /** Says where the application listens: its interactions endpoint URL. */
  connect(endpoint: string): void {
    this.#endpoint = endpoint;
  }

  /** Somebody uses a slash command. */
  async command(actor: Actor, name: string, options: GivenOptions = {}): Promise<SentInteraction> {
    return await this.#send(actor.channelId, (identity) =>
      commandPayload({ ...identity, ...actor, name, options: filled(options) }),
    );
  }

  /** What the gateway tells of a slash command, where the application has no endpoint. */
  byGateway(actor: Actor, name: string, options: GivenOptions = {}): APIInteraction {
    const { id, token } = this.#world.beginInteraction(actor.channelId);
    const { applicationId } = this.#world;
    return commandPayload({ ...actor, id, token, applicationId, name, options: filled(options) });
  }

  /** Somebody is typing the option that `options` marks as focused. */
  async autocomplete(
    actor: Actor,
    name: string,
    options: APIApplicationCommandAutocompleteInteraction["data"]["options"],
  ): Promise<SentInteraction> {
    return await this.#send(actor.channelId, (identity) =>
      autocompletePayload({ ...identity, ...actor, name, options }),
    );
  }

  /** Somebody presses a button of a message. */
  async press(actor: Actor, message: APIMessage, customId: string): Promise<SentInteraction> {
    return await this.#send(actor.channelId, (identity) =>
      componentPayload({ ...identity, ...actor, message, customId }),
    );
  }

  /** Somebody sends a modal off. */
  async submitModal(
    actor: Actor,
    customId: string,
    values: Readonly<Record<string, string>>,
  ): Promise<SentInteraction> {
    return await this.#send(actor.channelId, (identity) =>
      modalPayload({ ...identity, ...actor, customId, values }),
    );
  }

  /** Discord sees whether the endpoint is there. */
  async ping(): Promise<SentInteraction> {
    return await this.#send("", (identity) => pingPayload(identity));
  }

  /** Delivers the same interaction a second time, newly signed. */
  async again(sent: SentInteraction): Promise<SentInteraction> {
    return await this.#deliver(sent);
  }

  /** Posts any body with a good signature, or with these headers in its place. */
  async post(body: string, headers?: Readonly<Record<string, string>>): Promise<Response> {
    if (this.#endpoint === undefined) throw new Error("connect() the sender to an endpoint first");
    return await fetch(this.#endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", ...(headers ?? this.#signer.sign(body, this.#now())) },
      body,
      signal: AbortSignal.timeout(this.#answerMilliseconds),
    });
  }

  async #send(
    channelId: string,
    build: (identity: InteractionIdentity & { readonly channelName?: string | undefined }) => APIInteraction,
  ): Promise<SentInteraction> {
    const interaction = this.#world.beginInteraction(channelId);
    const { id, token } = interaction;
    const channelName = this.#world.nameOf(channelId);
    const payload = build({ id, token, applicationId: this.#world.applicationId, channelName });
    return await this.#deliver({ payload, interaction, body: JSON.stringify(payload) });
  }

  async #deliver(given: Pick<SentInteraction, "payload" | "interaction" | "body">): Promise<SentInteraction> {
    const { payload, interaction, body } = given;
    let answer: Response;
    try {
      answer = await this.post(body);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { payload, interaction, body, status: 0, response: undefined, text };
    }
    const text = await answer.text();
    if (answer.status !== 200)
      return { payload, interaction, body, status: answer.status, response: undefined, text };
    // The application's answer, as Discord reads it; `apply` refuses what it may not say.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const response = JSON.parse(text) as APIInteractionResponse;
    if (interaction.originalId === undefined) this.#apply(interaction.token, response);
    return { payload, interaction, body, status: answer.status, response, text };
  }
}

function filled(options: GivenOptions): FilledOptions {
  return Object.entries(options).map(([name, value]): FilledOptions[number] => {
    if (typeof value === "string") return { name, type: ApplicationCommandOptionType.String, value };
    if (typeof value === "boolean") return { name, type: ApplicationCommandOptionType.Boolean, value };
    if (typeof value === "object") return below(name, value);
    return Number.isInteger(value)
      ? { name, type: ApplicationCommandOptionType.Integer, value }
      : { name, type: ApplicationCommandOptionType.Number, value };
  });
}

/** A group when what is below has sub-commands of its own, else a sub-command. */
function below(name: string, options: GivenOptions): FilledOptions[number] {
  const isGroup = Object.values(options).some((value) => typeof value === "object");
  const inside = filled(options);
  return isGroup
    ? {
        name,
        type: ApplicationCommandOptionType.SubcommandGroup,
        options: inside.flatMap((option) =>
          option.type === ApplicationCommandOptionType.Subcommand ? [option] : [],
        ),
      }
    : {
        name,
        type: ApplicationCommandOptionType.Subcommand,
        options: inside.flatMap((option) =>
          option.type === ApplicationCommandOptionType.Subcommand ||
          option.type === ApplicationCommandOptionType.SubcommandGroup
            ? []
            : [option],
        ),
      };
}
