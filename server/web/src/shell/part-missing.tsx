/** Stands where a part of the pages that is loaded late could not be had, or broke: the rest of the frame lives on. */
import { Component, type ReactNode } from 'react';

export class PartMissing extends Component<{ children: ReactNode }, { missing: boolean }> {
  override state = { missing: false };
  static getDerivedStateFromError(): { missing: boolean } {
    return { missing: true };
  }
  override render(): ReactNode {
    if (!this.state.missing) return this.props.children;
    return (
      <main className="mid" id="main" tabIndex={-1}>
        <h1>This page could not be loaded</h1>
        <p className="q2">
          The server did not answer, or was updated meanwhile. Nothing that was sent is lost. Load the page again.
        </p>
        <div className="row">
          <button type="button" className="btn" onClick={() => location.reload()}>
            Load the page again
          </button>
        </div>
      </main>
    );
  }
}
