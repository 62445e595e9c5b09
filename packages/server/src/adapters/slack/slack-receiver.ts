import type { Clock, Logger } from "@guildhall/sdk";
import { answeredLine } from "../../commands/asked-line.ts";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import type { ChatInput, ChatSubmission } from "../../hall/chat-connection.ts";
import type { ChatService } from "../../hall/chat-service.ts";
import { toError } from "../../kernel/to-error.ts";
import { writeAddress } from "./answer-address.ts";
import { CANCEL, PRESS } from "./chunk-parts.ts";
import { deleteOriginal, postResponse } from "./response-url.ts";
import { commandForm, FORM, QUESTIONS, questionForm, readForm, readQuestions } from "./slack-form.ts";
import { slackHelp } from "./slack-help.ts";
import type { BlockActions, SlashCommand, ViewSubmission } from "./slack-payloads.ts";
import { escapeSlack } from "./slack-text.ts";
import type { SlackWorkspaces } from "./slack-workspaces.ts";
import { slashLine } from "./slash-line.ts";

/** Slack waits three seconds for an acknowledgement; so long the hall lets a line take. */
const ACKNOWLEDGE_MILLISECONDS = 2500;

/** What Slack is told at once, and what is done when it has been told. */
export interface Acknowledgement {
  readonly body?: object;
  readonly afterwards?: () => void;
}

/** What the receiver stands on. */
export interface ReceiverSurroundings {
  readonly chat: ChatService;
  readonly registry: CommandRegistry;
  readonly workspaces: SlackWorkspaces;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: typeof globalThis.fetch;
}

interface Sender {
  readonly teamId: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly userId: string;
  readonly userName: string;
  readonly responseUrl?: string | undefined;
}

/** Takes commands, presses and forms, whether they came over HTTP or over a socket. */
export class SlackReceiver {
  readonly #given: ReceiverSurroundings;

  constructor(given: ReceiverSurroundings) {
    this.#given = given;
  }

  /** A slash command: acknowledged within Slack's three seconds, answered later (requirements M-9, M-10). */
  async slashCommand(command: SlashCommand): Promise<Acknowledgement> {
    const { registry, chat } = this.#given;
    const isCommand = (words: readonly string[]) => registry.find(words) !== undefined;
    const meant = slashLine({ command: command.command, text: command.text, isCommand });
    if (meant.kind === "unsupported") return { body: forAsker(meant.message) };
    const sender = {
      teamId: command.team_id,
      channelId: command.channel_id,
      channelName: command.channel_name,
      userId: command.user_id,
      userName: command.user_name,
      responseUrl: command.response_url,
    };
    const submitting = chat.submitLine({ ...this.#input(sender, command.trigger_id), line: meant.line });
    const submission = await inTime(submitting);
    if (submission === "late") {
      return {
        body: forAsker("The hall is slow just now; the answer follows."),
        afterwards: () =>
          void submitting.then((late) => this.#tell(late, sender)).catch((error) => this.#log(error)),
      };
    }
    if (submission.kind === "action")
      return { body: { response_type: "in_channel" }, afterwards: submission.begin };
    if (submission.kind === "repeated") return { body: { response_type: "in_channel" } };
    const body = forAsker(wordsOf(submission));
    return submission.kind === "line_invalid"
      ? {
          body,
          afterwards: () =>
            void this.#offerForm({ submission, sender, line: meant.line, trigger: command.trigger_id }),
        }
      : { body };
  }

  /** A pressed button. */
  async press(payload: BlockActions): Promise<Acknowledgement> {
    const { user, team, channel, trigger_id, response_url } = payload;
    const [action] = payload.actions;
    if (!action || !channel) return {};
    const sender = {
      teamId: team.id,
      channelId: channel.id,
      channelName: channel.name ?? "",
      userId: user.id,
      userName: user.username ?? user.name ?? "",
      responseUrl: response_url,
    };
    // The URL may be used once to take the message away.
    const input = this.#input(sender, trigger_id, { keptPosts: 1 });
    const { chat } = this.#given;
    if (action.action_id === CANCEL) {
      const refusal = await chat.cancel({ ...input, actionId: action.value ?? "" });
      return { afterwards: () => void (refusal && this.#tell(refusal, sender)) };
    }
    if (!action.action_id.startsWith(PRESS)) return {};
    const [actionId = "", order, index] = (action.value ?? "").split("/");
    const button = { actionId, order: Number(order), index: Number(index) };
    const submission = await chat.press({ ...input, button });
    return {
      afterwards: () => {
        void this.#tell(submission, sender);
        if (submission.kind === "action" && submission.replaces) void this.#takeAway(response_url);
      },
    };
  }

  /** A form that was sent: what is wrong is shown in it. */
  async form(payload: ViewSubmission): Promise<Acknowledgement> {
    const { view, user, team } = payload;
    const { registry, chat } = this.#given;
    const inputFrom = ({ channelId, channelName }: { channelId: string; channelName: string }) => {
      const userName = user.username ?? user.name ?? "";
      return this.#input({ teamId: team.id, channelId, channelName, userId: user.id, userName }, view.id);
    };
    let submission: ChatSubmission;
    if (view.callback_id === FORM) {
      const form = readForm(payload, (words) => registry.find(words)?.command.arguments ?? {});
      const { path, input } = form;
      submission = await chat.submitArguments({ ...inputFrom(form), path, input });
    } else if (view.callback_id === QUESTIONS) {
      const form = readQuestions(payload);
      submission = await chat.submitLine({ ...inputFrom(form), line: answeredLine(form, form.answers) });
    } else return {};
    if (submission.kind === "action") return { afterwards: submission.begin };
    if (submission.kind === "repeated" || submission.kind === "help") return {};
    const message = submission.kind === "refused" ? submission.message : submission.error.message;
    const named = submission.kind === "line_invalid" ? submission.error.argument : undefined;
    const block = named ?? Object.keys(view.state.values)[0] ?? "";
    return { body: { response_action: "errors", errors: { [block]: message } } };
  }

  #input(sender: Sender, key: string, { keptPosts = 0 }: { readonly keptPosts?: number } = {}): ChatInput {
    const { teamId, channelId, userId } = sender;
    const { workspaces, clock } = this.#given;
    const isPrivate = channelId.startsWith("D");
    const { responseUrl } = sender;
    return {
      account: {
        adapter: "slack",
        workspaceId: teamId,
        accountId: userId,
        displayName: sender.userName || userId,
      },
      place: {
        workspaceId: teamId,
        channelId,
        channelName: isPrivate
          ? `Direct messages of ${sender.userName || userId}`
          : sender.channelName || channelId,
        isPrivate,
      },
      key,
      reply: writeAddress({
        teamId,
        channelId,
        userId,
        receivedAt: clock.now().getTime(),
        keptPosts,
        ...(responseUrl === undefined ? {} : { responseUrl }),
      }),
      isAdministrator: () => workspaces.isAdministrator(teamId, userId),
    };
  }

  /** Tells by the response URL what could not be said in the acknowledgement. */
  async #tell(submission: ChatSubmission, sender: Sender): Promise<void> {
    if (submission.kind === "action") submission.begin();
    if (submission.kind === "action" || submission.kind === "repeated") return;
    const url = sender.responseUrl;
    if (url === undefined) return;
    const message = { text: wordsOf(submission), blocks: [] };
    await postResponse({ url, message, forAsker: true, fetch: this.#given.fetch }).catch((error) =>
      this.#log(error),
    );
  }

  /** Takes away the message whose button gave a response URL; where Slack does not, it stands above the new one. */
  async #takeAway(url: string | undefined): Promise<void> {
    if (url === undefined) return;
    await deleteOriginal({ url, fetch: this.#given.fetch }).catch((error) => this.#log(error));
  }

  /** Opens a form where a command was typed without the arguments that it needs, or asks something. */
  async #offerForm(given: {
    submission: Extract<ChatSubmission, { kind: "line_invalid" }>;
    sender: Sender;
    line: string;
    trigger: string;
  }): Promise<void> {
    const { submission, sender, line, trigger } = given;
    const view = this.#formFor(submission, { sender, line });
    if (view === undefined) return;
    try {
      const api = await this.#given.workspaces.api(sender.teamId);
      await api?.openView({ triggerId: trigger, view });
    } catch (error) {
      this.#log(error);
    }
  }

  #formFor(
    { error, help }: Extract<ChatSubmission, { kind: "line_invalid" }>,
    { sender: { channelId, channelName }, line }: { readonly sender: Sender; readonly line: string },
  ): object | undefined {
    if (error.asked) return questionForm(error.asked, { channelId, channelName });
    const found = this.#given.registry.find(help.path);
    const isBare = line.toLowerCase().split(/\s+/).join(" ") === help.path.join(" ");
    if (error.code !== "missing_argument" || !found?.command.run || !isBare) return undefined;
    return commandForm(found, { path: [...found.path], channelId, channelName });
  }

  #log(error: unknown): void {
    this.#given.log.debug({ err: toError(error) }, "Slack did not take a message beside an answer");
  }
}

/** Text that only the person who asked sees (requirements M-9). */
function forAsker(text: string): object {
  return { response_type: "ephemeral", text, mrkdwn: true };
}

function wordsOf(submission: Exclude<ChatSubmission, { kind: "action" | "repeated" }>): string {
  return submission.kind === "refused"
    ? escapeSlack(submission.message)
    : slackHelp(submission, { command: "/hall" });
}

async function inTime<Result>(work: Promise<Result>): Promise<Result | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ACKNOWLEDGE_MILLISECONDS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
