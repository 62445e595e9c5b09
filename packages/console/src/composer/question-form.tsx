import { useEffect, useId, useRef, useState } from "react";
import type { Asked } from "../api/schemas.ts";
import { Button } from "../design/button.tsx";
import { Field, SELECT_CLASS } from "../design/field.tsx";

// The marks that would end a word in double quotes, and the one that escapes them.
const MARKS = /[\\"\u201C\u201D\u201E\u201F]/g;

/** Asks what a line asks before it runs. */
export function QuestionForm(props: {
  readonly asked: Asked;
  readonly isPending: boolean;
  readonly onLine: (line: string) => void;
}) {
  const { asked, isPending, onLine } = props;
  const id = useId();
  const [answers, setAnswers] = useState(
    asked.questions.map(({ default_value, choices }) => default_value ?? choices?.[0] ?? ""),
  );
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select")?.focus(), []);
  const setAnswer = (index: number, answer: string) => setAnswers(answers.with(index, answer));
  return (
    <form
      ref={form}
      aria-label="Before it runs"
      className="grid max-w-lg flex-1 gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        const answered = answers.map((answer) => answer.trim()).join(", ");
        onLine(`${asked.before}"${answered.replace(MARKS, "\\$&")}"${asked.after}`);
      }}
    >
      {asked.questions.map(({ label, default_value, choices }, index) =>
        choices ? (
          <div key={label} className="grid gap-1">
            <label htmlFor={`${id}-${index}`} className="text-sm font-medium">
              {label}
            </label>
            <select
              id={`${id}-${index}`}
              className={SELECT_CLASS}
              value={answers[index]}
              onChange={(event) => setAnswer(index, event.target.value)}
            >
              {choices.map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </select>
          </div>
        ) : (
          <Field
            key={label}
            label={label}
            required={default_value === null}
            maxLength={200}
            value={answers[index]}
            onChange={(event) => setAnswer(index, event.target.value)}
          />
        ),
      )}
      <div>
        <Button type="submit" look="primary" disabled={isPending}>
          Run
        </Button>
      </div>
    </form>
  );
}
