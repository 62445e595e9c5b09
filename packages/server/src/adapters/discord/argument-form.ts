import {
  ComponentType,
  TextInputStyle,
  type APIModalInteractionResponseCallbackData,
} from "discord-api-types/v10";
import type { AskedLine, LineError } from "../../commands/line-error.ts";
import type { HelpDocument } from "../../commands/help/help-document.ts";
import { clipped } from "./application-options.ts";
import { formId, questionsId } from "./component-ids.ts";

const MAX_INPUTS = 5;
const MAX_TITLE = 45;
const MAX_TEXT = 4000;
const MAX_ANSWER = 200;

/**
 * The form that asks for the arguments that a line lacks: the one that was missed, and the required ones behind it.
 * Undefined when the line is wrong in another way, or too long to be kept with the form.
 */
export function argumentForm({
  line,
  error,
  help,
}: {
  readonly line: string;
  readonly error: LineError;
  readonly help: HelpDocument;
}): APIModalInteractionResponseCallbackData | undefined {
  const id = formId(line);
  const required = help.arguments.filter((argument) => argument.required);
  const from = required.findIndex(({ name }) => name === error.argument);
  if (error.code !== "missing_argument" || id === undefined || from < 0) return undefined;
  const missing = required.slice(from, from + MAX_INPUTS);
  return {
    custom_id: id,
    title: `/${help.path.join(" ")}`.slice(0, MAX_TITLE),
    components: missing.map(({ name = "", summary, notes, maxLength = MAX_TEXT }) => ({
      type: ComponentType.Label,
      label: name.slice(0, MAX_TITLE),
      description: clipped([summary, ...notes].join("; ")),
      component: {
        type: ComponentType.TextInput,
        custom_id: name,
        style: TextInputStyle.Short,
        required: true,
        max_length: Math.min(maxLength, MAX_TEXT),
      },
    })),
  };
}

/** The form that asks what a line asks. Undefined when it asks too much, or the line is too long to be kept with it. */
export function questionForm(asked: AskedLine): APIModalInteractionResponseCallbackData | undefined {
  const id = questionsId(asked);
  if (id === undefined || asked.questions.length > MAX_INPUTS) return undefined;
  return {
    custom_id: id,
    title: "Before it runs",
    components: asked.questions.map(({ label, defaultValue, choices }, index) => ({
      type: ComponentType.Label,
      label: label.slice(0, MAX_TITLE),
      ...(choices ? { description: clipped(`One of ${choices.join(", ")}`) } : {}),
      component: {
        type: ComponentType.TextInput,
        custom_id: String(index),
        style: TextInputStyle.Short,
        required: defaultValue === undefined,
        max_length: MAX_ANSWER,
        ...(defaultValue === undefined ? {} : { value: defaultValue }),
      },
    })),
  };
}
