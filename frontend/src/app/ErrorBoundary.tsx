import { Component, type ReactNode } from "react";

/** A fault in drawing must not leave a blank page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { message: string }> {
  override state = { message: "" };

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (!this.state.message) return this.props.children;
    return (
      <div className="alert alert-danger m-3" role="alert">
        Something went wrong while drawing: {this.state.message} What the server did not get yet is kept in
        this browser; reload the page.
      </div>
    );
  }
}
