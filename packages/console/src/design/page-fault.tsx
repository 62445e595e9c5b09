import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";

interface State {
  readonly hasFailed: boolean;
}

/** Stands in for a page that broke while it was drawn, instead of an empty window. */
export class PageFault extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="grid min-h-full place-items-center p-4">
        <div role="alert" className="grid max-w-sm gap-3">
          <h1 className="text-xl font-semibold">This page broke</h1>
          <p>What you ran is safe in the hall. Reload the page to see it again.</p>
          <Button look="primary" onClick={() => window.location.reload()}>
            Reload
          </Button>
        </div>
      </main>
    );
  }
}
