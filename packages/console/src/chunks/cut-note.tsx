import type { ReactNode } from "react";

/** Stands where something is left out, says so, and offers the whole. */
export function CutNote({ words, children }: { readonly words: string; readonly children: ReactNode }) {
  return (
    <p className="my-1 flex flex-wrap gap-x-3 rounded-md border border-dashed border-edge bg-canvas px-3 py-1 text-sm text-muted">
      {words}
      {children}
    </p>
  );
}
