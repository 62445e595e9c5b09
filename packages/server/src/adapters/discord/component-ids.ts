import { z } from "zod";
import type { AskedLine } from "../../commands/line-error.ts";
import type { PressedButton } from "../../hall/chat-connection.ts";

/** What a pressed component asks for. */
export type ComponentAction =
  | { readonly kind: "press"; readonly button: PressedButton }
  | { readonly kind: "cancel"; readonly actionId: string };

const PRESS = /^b:([0-9a-f-]{36}):(\d{1,9}):(\d{1,3})$/;
const CANCEL = /^c:([0-9a-f-]{36})$/;
/** What Discord takes for a component's id, in characters. */
const MAX_ID = 100;
const FORM = /^f:([^]*)$/;

/** The id of a button: where in which action its line stands. */
export function pressId({ actionId, order, index }: PressedButton): string {
  return `b:${actionId}:${order}:${index}`;
}

/** The id of the button that cancels a running action. */
export function cancelId(actionId: string): string {
  return `c:${actionId}`;
}

/** What the id of a pressed component means; undefined for one that is not the hall's. */
export function readComponentId(id: string): ComponentAction | undefined {
  const press = PRESS.exec(id);
  if (press) {
    const [, actionId = "", order, index] = press;
    if (!z.uuid().safeParse(actionId).success) return undefined;
    return { kind: "press", button: { actionId, order: Number(order), index: Number(index) } };
  }
  const [, actionId] = CANCEL.exec(id) ?? [];
  return actionId !== undefined && z.uuid().safeParse(actionId).success
    ? { kind: "cancel", actionId }
    : undefined;
}

/** The id of a form that asks for what a line lacks; undefined when the line is too long for one. */
export function formId(line: string): string | undefined {
  const id = `f:${line}`;
  return id.length <= MAX_ID ? id : undefined;
}

/** The line of a form that was sent off; undefined for a form that is not the hall's. */
export function readFormId(id: string): string | undefined {
  return FORM.exec(id)?.[1];
}

const QUESTIONS = /^q:(\d{1,3}):([^]*)$/;

/** The id of a form that asks what a line asks; undefined when the line is too long for one. */
export function questionsId({ before, after }: AskedLine): string | undefined {
  const id = `q:${before.length}:${before}${after}`;
  return id.length <= MAX_ID ? id : undefined;
}

/** The line of a form of questions, in its two parts; undefined for another form. */
export function readQuestionsId(id: string): Pick<AskedLine, "before" | "after"> | undefined {
  const [, length = "", line = ""] = QUESTIONS.exec(id) ?? [];
  if (length === "") return undefined;
  return { before: line.slice(0, Number(length)), after: line.slice(Number(length)) };
}
