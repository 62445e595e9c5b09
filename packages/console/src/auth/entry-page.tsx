import type { ReactNode } from "react";
import { Wordmark } from "../design/wordmark.tsx";

/** The frame of the pages outside the hall: one card in the middle. */
export function EntryPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-full place-items-center p-4">
      <title>{`${title} - Guildhall`}</title>
      <div className="w-full max-w-sm">
        <Wordmark />
        <div className="mt-4 rounded-lg border border-line bg-surface p-5">
          <h1 className="mb-4 text-xl font-semibold">{title}</h1>
          {children}
        </div>
      </div>
    </main>
  );
}
