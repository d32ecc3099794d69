/** The server's settings, and what it is. */

import type { SettingView, StatusView } from "@bulkhead/server/api/shapes.ts";
import { useSettings, useStatus } from "../api/queries.ts";
import { Fact } from "../parts/fact.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { Moment } from "../parts/time.tsx";
import { SettingsForm } from "./settings-form.tsx";

const GROUPS: readonly { readonly group: SettingView["group"]; readonly title: string }[] = [
  { group: "policy", title: "Versions and rollouts" },
  { group: "hosts", title: "Hosts" },
  { group: "flows", title: "Recorded flows" },
];

export default function SettingsPage() {
  const status = useStatus();
  const settings = useSettings();
  const may = useMay("administrator");
  return (
    <Page title="Settings">
      <Loaded query={settings} what="settings">
        {(all) => (
          <div className="cards">
            {GROUPS.map(({ group, title }) => {
              const some = all.filter((setting) => setting.group === group);
              return (
                <section className="card" key={group}>
                  <h2>{title}</h2>
                  <SettingsForm key={JSON.stringify(some)} settings={some} />
                </section>
              );
            })}
            <section className="card">
              <h2>This server</h2>
              <Loaded query={status} what="the server's state">
                {(said) => <ThisServer status={said} />}
              </Loaded>
            </section>
          </div>
        )}
      </Loaded>
      {!may && <p className="dim">Only an administrator changes these.</p>}
    </Page>
  );
}

function ThisServer({
  status: { version, startedAt, fingerprint, agents, hosts },
}: {
  readonly status: StatusView;
}) {
  return (
    <dl className="facts">
      <Fact name="Version">{version}</Fact>
      <Fact name="Started">
        <Moment at={startedAt} />
      </Fact>
      <Fact name="Door for agents">
        <span className="mono">{agents}</span>
      </Fact>
      <Fact name="Authority">
        <span className="mono">{fingerprint}</span>
      </Fact>
      <Fact name="Hosts">
        {hosts.connected} of {hosts.joined} connected, {hosts.inSync} in sync
      </Fact>
      <Fact name="API">
        <a href="/api/v1/openapi.json">its description (OpenAPI)</a>
      </Fact>
    </dl>
  );
}
