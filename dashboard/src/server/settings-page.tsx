/** The server's settings, and what it is. */

import { useSettings, useStatus } from "../api/queries.ts";
import { Loaded, Page } from "../parts/page.tsx";
import { Moment } from "../parts/time.tsx";
import { SettingsForm } from "./settings-form.tsx";

export default function SettingsPage() {
  const status = useStatus();
  const settings = useSettings();
  return (
    <Page title="Settings">
      <div className="cards">
        <section className="card">
          <h2>Hosts</h2>
          <Loaded query={settings} what="settings">
            {(all) => <SettingsForm key={JSON.stringify(all)} settings={all} />}
          </Loaded>
        </section>
        <section className="card">
          <h2>This server</h2>
          <Loaded query={status} what="the server's state">
            {({ version, startedAt, fingerprint, agents, hosts }) => (
              <dl className="facts">
                <div>
                  <dt>Version</dt>
                  <dd>{version}</dd>
                </div>
                <div>
                  <dt>Started</dt>
                  <dd>
                    <Moment at={startedAt} />
                  </dd>
                </div>
                <div>
                  <dt>Door for agents</dt>
                  <dd className="mono">{agents}</dd>
                </div>
                <div>
                  <dt>Authority</dt>
                  <dd className="mono">{fingerprint}</dd>
                </div>
                <div>
                  <dt>Hosts</dt>
                  <dd>
                    {hosts.connected} of {hosts.joined} connected, {hosts.inSync} in sync
                  </dd>
                </div>
                <div>
                  <dt>API</dt>
                  <dd>
                    <a href="/api/v1/openapi.json">its description (OpenAPI)</a>
                  </dd>
                </div>
              </dl>
            )}
          </Loaded>
        </section>
      </div>
    </Page>
  );
}
