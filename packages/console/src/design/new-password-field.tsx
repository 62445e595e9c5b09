import { PasswordField } from "./field.tsx";

const SHORTEST_PASSWORD = 8;

/** A field for a password that is made now. */
export function NewPasswordField(props: {
  readonly label: string;
  /** What follows of it, beside the rule. */
  readonly consequence?: string | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
}) {
  const rule = `At least ${SHORTEST_PASSWORD} characters.`;
  return (
    <PasswordField
      label={props.label}
      name="password"
      autoComplete="new-password"
      required
      minLength={SHORTEST_PASSWORD}
      hint={props.consequence === undefined ? rule : `${rule} ${props.consequence}`}
      value={props.value}
      onChange={(event) => props.onValue(event.target.value)}
    />
  );
}
