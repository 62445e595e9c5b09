import type { ComponentProps } from "react";

const LOOKS = {
  primary: "bg-accent text-on-accent border-accent hover:opacity-90",
  plain: "bg-surface text-ink border-edge hover:bg-sunken",
  quiet: "bg-transparent text-ink border-transparent hover:bg-sunken",
  "quiet-danger": "bg-transparent text-danger border-transparent hover:bg-sunken",
  danger: "bg-surface text-danger border-danger hover:bg-sunken",
} as const;

/** How a button, or a link that acts as one, looks. */
export type ButtonLook = keyof typeof LOOKS;

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook): string {
  return `inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 py-1 text-sm font-medium disabled:opacity-55 ${LOOKS[look]}`;
}

/** A button. It submits nothing unless `type` says so. */
export function Button({
  look = "plain",
  className = "",
  type = "button",
  ...rest
}: ComponentProps<"button"> & { readonly look?: ButtonLook }) {
  return <button type={type} className={`${buttonClass(look)} ${className}`} {...rest} />;
}
