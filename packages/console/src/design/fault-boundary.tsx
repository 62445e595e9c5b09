import { Component, type ReactNode } from "react";

interface State {
  readonly hasFailed: boolean;
}

/** Stands around what may break while it is drawn, and shows something else in its place then. */
export class FaultBoundary extends Component<
  { readonly children: ReactNode; readonly instead: ReactNode },
  State
> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
