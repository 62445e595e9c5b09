import type { Argument, JsonValue } from "@guildhall/sdk";
import { z } from "zod";
import { toSnakeCase } from "../../commands/argument-names.ts";
import type { AskedLine } from "../../commands/line-error.ts";
import type { RegisteredCommand } from "../../commands/command-registry.ts";
import type { ViewSubmission } from "./slack-payloads.ts";

/** The callback id of a command's form. */
export const FORM = "guildhall_form";
const INPUT = "value";
const TITLE_LENGTH = 24;
const LABEL_LENGTH = 150;
const MAX_CHOICES = 100;

const Metadata = z.object({
  path: z.array(z.string()),
  channelId: z.string(),
  channelName: z.string(),
});
/** The callback id of a form that asks what a line asks. */
export const QUESTIONS = "guildhall_questions";
const LONGEST_METADATA = 3000;
const LONGEST_ANSWER = 200;
const QuestionsMetadata = z.object({
  before: z.string(),
  after: z.string(),
  channelId: z.string(),
  channelName: z.string(),
});

/** Which command a form is for, and where its answer goes. */
export type FormMetadata = z.infer<typeof Metadata>;

/** The form of a command, as a modal with one input for each argument. */
export function commandForm(found: RegisteredCommand, metadata: FormMetadata): object {
  const name = found.path.join(" ");
  return {
    type: "modal",
    callback_id: FORM,
    private_metadata: JSON.stringify(metadata),
    title: { type: "plain_text", text: name.slice(0, TITLE_LENGTH) },
    submit: { type: "plain_text", text: "Run" },
    close: { type: "plain_text", text: "Cancel" },
    blocks: Object.entries(found.command.arguments).map(([argumentName, argument]) => ({
      type: "input",
      block_id: toSnakeCase(argumentName),
      optional: !argument.required,
      label: { type: "plain_text", text: argument.summary.slice(0, LABEL_LENGTH) || argumentName },
      element: inputOf(argument),
    })),
  };
}

function inputOf({ type, kind, choices, defaultValue }: Argument): object {
  const initial = defaultValue === undefined ? {} : { initial_value: String(defaultValue) };
  switch (type) {
    case "integer":
    case "number":
      return { type: "number_input", action_id: INPUT, is_decimal_allowed: type === "number", ...initial };
    case "choice":
      return {
        type: "static_select",
        action_id: INPUT,
        options: (choices ?? []).slice(0, MAX_CHOICES).map((choice) => option(choice)),
        ...(typeof defaultValue === "string" ? { initial_option: option(defaultValue) } : {}),
      };
    case "boolean":
      return { type: "checkboxes", action_id: INPUT, options: [option("yes")] };
    case "text":
      return { type: "plain_text_input", action_id: INPUT, multiline: kind === "rest", ...initial };
  }
}

const option = (word: string) => ({
  text: { type: "plain_text", text: word.slice(0, 75) },
  value: word.slice(0, 150),
});

const TextState = z.looseObject({ value: z.string().nullish() });
const SelectState = z.looseObject({ selected_option: z.looseObject({ value: z.string() }).nullish() });
const CheckState = z.looseObject({ selected_options: z.array(z.unknown()) });

/** What somebody filled in: the command, and its arguments as JSON; inputs left empty are left out. */
export function readForm(
  { view }: ViewSubmission,
  findArguments: (path: readonly string[]) => Readonly<Record<string, Argument>>,
): FormMetadata & { readonly input: Record<string, JsonValue> } {
  const metadata = Metadata.parse(JSON.parse(view.private_metadata));
  const input: Record<string, JsonValue> = {};
  for (const [argumentName, argument] of Object.entries(findArguments(metadata.path))) {
    const name = toSnakeCase(argumentName);
    const value = valueOf(argument, view.state.values[name]?.[INPUT]);
    if (value !== undefined) input[name] = value;
  }
  return { ...metadata, input };
}

function valueOf({ type }: Argument, state: unknown): JsonValue | undefined {
  switch (type) {
    case "boolean": {
      const checks = CheckState.safeParse(state);
      return checks.success && checks.data.selected_options.length > 0 ? true : undefined;
    }
    case "choice":
      return SelectState.safeParse(state).data?.selected_option?.value;
    case "integer":
    case "number": {
      const typed = TextState.safeParse(state).data?.value;
      if (typed === undefined || typed === null || typed === "") return undefined;
      // What is no number stays the text it is, and is refused with the reason.
      return Number.isFinite(Number(typed)) ? Number(typed) : typed;
    }
    case "text":
      return TextState.safeParse(state).data?.value || undefined;
  }
}

/** The form that asks what a line asks; undefined when the line is too long to be kept with it. */
export function questionForm(
  { questions, before, after }: AskedLine,
  channel: { readonly channelId: string; readonly channelName: string },
): object | undefined {
  const metadata = JSON.stringify({ before, after, ...channel });
  if (metadata.length > LONGEST_METADATA) return undefined;
  return {
    type: "modal",
    callback_id: QUESTIONS,
    private_metadata: metadata,
    title: { type: "plain_text", text: "Before it runs" },
    submit: { type: "plain_text", text: "Run" },
    close: { type: "plain_text", text: "Cancel" },
    blocks: questions.map(({ label, choices, defaultValue }, index) => ({
      type: "input",
      block_id: questionBlock(index),
      optional: defaultValue !== undefined,
      label: { type: "plain_text", text: label.slice(0, LABEL_LENGTH) },
      element: choices
        ? { type: "static_select", action_id: INPUT, options: choices.slice(0, MAX_CHOICES).map(option) }
        : {
            type: "plain_text_input",
            action_id: INPUT,
            max_length: LONGEST_ANSWER,
            ...(defaultValue === undefined ? {} : { initial_value: defaultValue }),
          },
    })),
  };
}

/** What somebody answered, in the questions' order, and the line that it makes whole. */
export function readQuestions({ view }: ViewSubmission): z.infer<typeof QuestionsMetadata> & {
  readonly answers: readonly string[];
} {
  const metadata = QuestionsMetadata.parse(JSON.parse(view.private_metadata));
  const { values } = view.state;
  const answers = Object.keys(values).map((_, index) => {
    const state = values[questionBlock(index)]?.[INPUT];
    return (
      SelectState.safeParse(state).data?.selected_option?.value ??
      TextState.safeParse(state).data?.value ??
      ""
    );
  });
  return { ...metadata, answers };
}

function questionBlock(index: number): string {
  return `question_${index}`;
}
