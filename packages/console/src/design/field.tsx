import { useId, useState, type ComponentProps, type ReactNode } from "react";
import { Button } from "./button.tsx";

/** The classes of a box to type in. 16 px letters keep telephones from zooming in. */
export const INPUT_CLASS =
  "w-full min-w-0 rounded-md border border-edge bg-surface px-3 py-2 text-base text-ink disabled:opacity-60";

/** The classes of a list to choose one of. */
export const SELECT_CLASS =
  "min-h-9 rounded-md border border-edge bg-surface px-2 py-1 text-sm text-ink disabled:opacity-60";

interface FieldProps extends Omit<ComponentProps<"input">, "id" | "className"> {
  readonly label: string;
  readonly hint?: string;
}

/** A labelled input with a hint that is read with it. */
export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  return (
    <LabelledBox id={id} label={label} hint={hint}>
      <input id={id} className={INPUT_CLASS} aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
    </LabelledBox>
  );
}

/** A password field whose content can be shown. */
export function PasswordField({ label, hint, ...input }: Omit<FieldProps, "type">) {
  const id = useId();
  const [isShown, setIsShown] = useState(false);
  return (
    <LabelledBox id={id} label={label} hint={hint}>
      <div className="flex gap-2">
        <input
          id={id}
          type={isShown ? "text" : "password"}
          className={INPUT_CLASS}
          aria-describedby={hint ? `${id}-hint` : undefined}
          autoCapitalize="none"
          spellCheck={false}
          {...input}
        />
        <Button aria-controls={id} onClick={() => setIsShown(!isShown)}>
          {isShown ? "Hide" : "Show"}
          <span className="sr-only"> password</span>
        </Button>
      </div>
    </LabelledBox>
  );
}

function LabelledBox(props: { id: string; label: string; hint: string | undefined; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <label htmlFor={props.id} className="text-sm font-medium">
        {props.label}
      </label>
      {props.children}
      {props.hint && (
        <p id={`${props.id}-hint`} className="text-sm text-muted">
          {props.hint}
        </p>
      )}
    </div>
  );
}
