import { Component, type ReactNode } from "react";

interface State {
  readonly hasFailed: boolean;
}

/** Stands around one chunk: when it cannot be drawn, it is shown plainly, and the rest of the page stays. */
export class ChunkFault extends Component<
  { readonly children: ReactNode; readonly instead: ReactNode },
  State
> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <>
        <p className="text-sm text-muted">
          This piece of the answer cannot be drawn. It is shown as it came:
        </p>
        {this.props.instead}
      </>
    );
  }
}
