import type { ReactNode } from "react";

const LOOKS = {
  error: "border-danger text-danger",
  warning: "border-warn text-warn",
  info: "border-edge text-ink",
} as const;

/** A message that stands out, and is read aloud when it appears; errors at once. */
export function Notice({ level, children }: { level: keyof typeof LOOKS; children: ReactNode }) {
  return (
    <div
      role={level === "info" ? "status" : "alert"}
      className={`rounded-md border-l-4 bg-surface px-3 py-2 text-sm ${LOOKS[level]} [overflow-wrap:anywhere]`}
    >
      {children}
    </div>
  );
}
