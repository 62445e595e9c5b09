import {
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  type APIInteractionResponse,
} from "discord-api-types/v10";
import { answeredLine } from "../../commands/asked-line.ts";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import { newId } from "../../data/uuid.ts";
import type { ChatInput, ChatRequest, ChatSubmission } from "../../hall/chat-connection.ts";
import type { ChatService } from "../../hall/chat-service.ts";
import { toError } from "../../kernel/to-error.ts";
import { answerAction, type AnswerSurroundings } from "./answer-action.ts";
import { AnswerTarget } from "./answer-target.ts";
import { argumentForm, questionForm } from "./argument-form.ts";
import { suggestions } from "./autocomplete.ts";
import { readComponentId, readFormId, readQuestionsId } from "./component-ids.ts";
import { escapeDiscord } from "./discord-markdown.ts";
import { answerBody, textMessage, type DiscordMessage } from "./discord-message.ts";
import { COLOURS } from "./embed-colours.ts";
import { FirstAnswer } from "./first-answer.ts";
import { readInteraction, type IncomingInteraction, type PersonInteraction } from "./incoming-interaction.ts";
import { answersOf, invokedBy, lineWithAnswers } from "./interaction-line.ts";
import { chatInputOf } from "./interaction-person.ts";
import { renderHelpEmbeds } from "./render-help.ts";

/** Discord gives up after 3 s: by then a deferral has to be on its way, whatever the store does. */
const SUBMIT_MILLISECONDS = 2000;
/** So long the first output may take to go with the acknowledgement. */
const ANSWER_MILLISECONDS = 400;

/** An answer to an interaction, and what is to be called once it has gone out. */
export interface InteractionAnswer {
  readonly response: APIInteractionResponse;
  readonly onSent?: () => void;
}

type Outcome = Exclude<ChatSubmission, { kind: "help" | "line_invalid" | "refused" }> | Shown;
/** What only the person who asked is shown. */
interface Shown {
  readonly kind: "shown";
  readonly response: APIInteractionResponse;
  readonly message: DiscordMessage;
}

/** Answers interactions, however they came: by signed requests or by the gateway. */
export class DiscordInteractions {
  readonly #chat: ChatService;
  readonly #registry: CommandRegistry;
  readonly #surroundings: AnswerSurroundings;
  readonly #administratorGuildIds: readonly string[];
  /** Acknowledgements that wait for the first output of their action. */
  readonly #firsts = new Map<string, FirstAnswer>();

  constructor(options: {
    readonly chat: ChatService;
    readonly registry: CommandRegistry;
    readonly surroundings: AnswerSurroundings;
    readonly administratorGuildIds: readonly string[];
  }) {
    this.#chat = options.chat;
    this.#registry = options.registry;
    this.#surroundings = options.surroundings;
    this.#administratorGuildIds = options.administratorGuildIds;
  }

  /** Shows an action's output where it was asked for. */
  async answer(request: ChatRequest): Promise<void> {
    const target = AnswerTarget.parse(JSON.parse(request.reply));
    const first = this.#firsts.get(request.actionId);
    this.#firsts.delete(request.actionId);
    await answerAction(request, { ...this.#surroundings, target, first });
  }

  /** Does what an interaction asks for, and gives what to answer it with, in time. */
  async respond(interaction: IncomingInteraction): Promise<InteractionAnswer> {
    if (interaction.type === InteractionType.Ping) {
      return { response: { type: InteractionResponseType.Pong } };
    }
    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) {
      const { name, options } = interaction.data;
      const choices = [...suggestions({ name, options, registry: this.#registry })];
      return {
        response: { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } },
      };
    }
    const input = chatInputOf(interaction, {
      now: this.#surroundings.time.now(),
      administratorGuildIds: this.#administratorGuildIds,
    });
    if (!input) return { response: privately(refusal("Discord did not say who you are.")).response };
    if (interaction.type === InteractionType.MessageComponent) {
      const action = readComponentId(interaction.data.custom_id);
      if (action?.kind === "cancel") return await this.#cancel(input, action.actionId);
      if (!action) return { response: privately(refusal("This button is of no use any more.")).response };
      const pressed = this.#chat.press({ ...input, ...action });
      const answer = await this.#acknowledge(input, this.#outcome(pressed));
      void this.#replace(pressed, { channelId: interaction.channel_id, messageId: interaction.message.id });
      return answer;
    }
    return await this.#acknowledge(input, this.#submit(interaction, input));
  }

  /** The same for a request's body, as Discord sends it. @throws HallError when it is no interaction */
  async respondToBody(body: Buffer): Promise<InteractionAnswer> {
    return await this.respond(readInteraction(body));
  }

  async #submit(
    interaction: Extract<
      PersonInteraction,
      { type: InteractionType.ApplicationCommand | InteractionType.ModalSubmit }
    >,
    input: ChatInput,
  ): Promise<Outcome> {
    if (interaction.type === InteractionType.ModalSubmit) {
      const { custom_id: id, components } = interaction.data;
      const questions = readQuestionsId(id);
      if (questions) {
        const line = answeredLine(questions, [...answersOf(components).values()]);
        return await this.#outcome(this.#chat.submitLine({ ...input, line }));
      }
      const begun = readFormId(id);
      if (begun === undefined) return privately(refusal("This form is of no use any more."));
      const line = lineWithAnswers(begun, answersOf(components));
      return await this.#outcome(this.#chat.submitLine({ ...input, line }));
    }
    const invoked = invokedBy({ ...interaction.data, registry: this.#registry });
    return invoked.kind === "arguments"
      ? await this.#outcome(
          this.#chat.submitArguments({ ...input, path: invoked.path, input: invoked.input }),
        )
      : await this.#outcome(this.#chat.submitLine({ ...input, line: invoked.line }), invoked.line);
  }

  async #cancel(input: ChatInput, actionId: string): Promise<InteractionAnswer> {
    const refused = await this.#guarded(() => this.#chat.cancel({ ...input, actionId }));
    return {
      response: refused
        ? privately(refusal(refused.message)).response
        : { type: InteractionResponseType.DeferredMessageUpdate },
    };
  }

  /** Takes away the message with the pressed button, where the answer takes its place. */
  async #replace(
    pressed: Promise<ChatSubmission>,
    { channelId, messageId }: { readonly channelId: string; readonly messageId: string },
  ): Promise<void> {
    try {
      const submission = await pressed;
      if (submission.kind !== "action" || !submission.replaces) return;
      await this.#surroundings.api.deleteMessage(channelId, messageId);
    } catch (error) {
      // Somebody else's press took it away, or the bot may not: then it stands above the new one.
      this.#surroundings.log.debug({ err: toError(error) }, "a replaced message stays in Discord");
    }
  }

  /** Acknowledges with the answer where it is ready soon, else with a deferral. */
  async #acknowledge(
    input: { readonly target: AnswerTarget },
    work: Promise<Outcome>,
  ): Promise<InteractionAnswer> {
    const outcome = await this.#within(SUBMIT_MILLISECONDS, work);
    const first = new FirstAnswer();
    const onSent = () => first.markSent();
    if (outcome === undefined) {
      first.defer({ isEphemeral: false });
      void this.#goOn({ work, first, target: input.target });
      return { response: deferral(false), onSent };
    }
    if (outcome.kind === "shown") return { response: outcome.response };
    // The delivery that came before is being answered; Discord takes no second answer.
    if (outcome.kind === "repeated") return { response: deferral(false) };
    this.#firsts.set(outcome.actionId, first);
    outcome.begin();
    const ready = await this.#within(ANSWER_MILLISECONDS, first.acknowledgement);
    if (!ready) first.defer({ isEphemeral: false });
    const settled = await first.acknowledgement;
    const response =
      settled.kind === "message" ? messageResponse(settled.message) : deferral(settled.isEphemeral);
    return { response, onSent };
  }

  /** Gives the outcome to somebody who had a deferral, because it took too long. */
  async #goOn({
    work,
    first,
    target,
  }: {
    work: Promise<Outcome>;
    first: FirstAnswer;
    target: AnswerTarget;
  }): Promise<void> {
    const outcome = await work;
    await first.sent;
    if (outcome.kind === "action") {
      this.#firsts.set(outcome.actionId, first);
      outcome.begin();
    } else if (outcome.kind === "shown" && target.interaction) {
      try {
        await this.#surroundings.api.editOriginal(target.interaction.token, outcome.message);
      } catch (error) {
        this.#surroundings.log.warn({ err: toError(error) }, "a late refusal could not be shown in Discord");
      }
    }
  }

  /** The result, or undefined when it takes longer. */
  async #within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result | undefined> {
    const stop = new AbortController();
    const pause = this.#surroundings.time.wait(milliseconds, stop.signal);
    try {
      return await Promise.race([work, pause.then(() => undefined)]);
    } finally {
      stop.abort();
    }
  }

  /** What came of a submission, with what the asker alone is shown made ready. `line` is what a form can complete. */
  async #outcome(work: Promise<ChatSubmission>, line?: string): Promise<Outcome> {
    const submission = await this.#guarded(() => work);
    switch (submission.kind) {
      case "action":
      case "repeated":
        return submission;
      case "refused":
        return privately(refusal(submission.message));
      case "help":
        return privately(embeds(renderHelpEmbeds(submission)));
      case "line_invalid": {
        const shown = privately(embeds(renderHelpEmbeds(submission)));
        const { asked } = submission.error;
        const lacking = line === undefined ? undefined : argumentForm({ ...submission, line });
        const form = asked ? questionForm(asked) : lacking;
        return form ? { ...shown, response: { type: InteractionResponseType.Modal, data: form } } : shown;
      }
    }
  }

  /** Turns a fault of ours into a reference that a person can pass on. */
  async #guarded<Result>(
    work: () => Promise<Result>,
  ): Promise<Result | Extract<ChatSubmission, { kind: "refused" }>> {
    try {
      return await work();
    } catch (error) {
      const reference = newId();
      this.#surroundings.log.error({ err: toError(error), reference }, "an interaction failed");
      const message = `Something went wrong inside. The hall's maintainers find the reason under the reference ${reference}.`;
      return { kind: "refused", code: "internal_error", message };
    }
  }
}

function deferral(isEphemeral: boolean): APIInteractionResponse {
  return {
    type: InteractionResponseType.DeferredChannelMessageWithSource,
    ...(isEphemeral ? { data: { flags: MessageFlags.Ephemeral } } : {}),
  };
}

function messageResponse(message: DiscordMessage): APIInteractionResponse {
  return { type: InteractionResponseType.ChannelMessageWithSource, data: answerBody(message) };
}

function privately(message: DiscordMessage): Shown {
  return { kind: "shown", message, response: messageResponse(message) };
}

function embeds(shown: DiscordMessage["embeds"]): DiscordMessage {
  return { ...textMessage("", { isEphemeral: true }), embeds: shown };
}

function refusal(message: string): DiscordMessage {
  return embeds([{ color: COLOURS.error, description: escapeDiscord(message) }]);
}
