import type { ReactNode } from "react";

/** A page below the hall's bar: a heading, then sections. The bar itself comes from whoever shows the page. */
export function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto grid w-full max-w-4xl content-start gap-6 px-3 py-6 sm:px-4">
      <title>{`${title} - Guildhall`}</title>
      <h1 className="text-2xl font-semibold">{title}</h1>
      {children}
    </main>
  );
}

/** A part of a page, with its own heading. */
export function Section(props: {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="grid gap-4 rounded-lg border border-line bg-surface p-4 shadow-card sm:p-5">
      <div>
        <h2 className="text-lg font-semibold">{props.title}</h2>
        {props.hint && <p className="text-sm text-muted">{props.hint}</p>}
      </div>
      {props.children}
    </section>
  );
}
