import type { ComponentProps } from "react";
import { Field } from "../design/field.tsx";

/** The field of the e-mail address with which one signs in, as password managers know it. */
export function SignInEmailField(
  input: Pick<ComponentProps<typeof Field>, "hint" | "onChange" | "readOnly" | "ref" | "required" | "value">,
) {
  return <Field label="E-mail address" type="email" name="email" autoComplete="username" {...input} />;
}
