/** A page that fails leaves the frame standing. */

import { Component, type ReactNode } from "react";
import { Page } from "../parts/page.tsx";

interface State {
  readonly error: Error | undefined;
}

export class StopAtErrors extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Page title="This page failed">
        <div className="notice bad" role="alert">
          <strong>{error.message}</strong>
          <p>
            Load it again; after an update of the server that is needed. If it fails again, this is a defect
            of the dashboard: the command line answers the same questions (bulkhead --help).
          </p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Load again
          </button>
        </div>
      </Page>
    );
  }
}
