import {
  ComponentType,
  TextInputStyle,
  type APIModalInteractionResponseCallbackData,
} from "discord-api-types/v10";
import type { HelpDocument } from "../../commands/help/help-document.ts";
import type { LineError } from "../../commands/line-error.ts";
import { clipped } from "./application-options.ts";
import { formId } from "./component-ids.ts";

const MAX_INPUTS = 5;
const MAX_TITLE = 45;
const MAX_TEXT = 4000;

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
