/** What deserves a look, before anything else. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import type { HostView } from "@bulkhead/server/api/shapes.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useHosts, useStatus, useSummary } from "../api/queries.ts";
import { Timeline } from "../flows/timeline.tsx";
import { SyncMark } from "../hosts/sync.tsx";
import { addressOf } from "../parts/address-state.ts";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { type Verdict, VerdictMark } from "../parts/verdict.tsx";
import { bytes, count, counted } from "../parts/words.ts";

const WINDOW = { window: "1h" };
const MOST = 6;

export default function OverviewPage() {
  const status = useStatus();
  const hosts = useHosts();
  return (
    <Page title="Overview">
      <Loaded query={status} what="the estate">
        {({ hosts: { joined }, policy }) =>
          joined === 0 ? (
            <FirstSteps />
          ) : (
            <>
              {policy === null && (
                <p className="notice doubt">
                  No version of the policy is in force yet: hosts observe nothing and stop nothing.{" "}
                  <Link href="/policy/edit">Write the first draft</Link>.
                </p>
              )}
              <Timeline query={WINDOW} />
              <Questions hosts={hosts.data ?? []} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function FirstSteps() {
  return (
    <Empty title="No host has joined yet.">
      <p>
        <Link href="/tokens">Make a token</Link>, and on the first host run <code>bulkhead-agent join</code>{" "}
        with it. What it sees is here seconds later.
      </p>
    </Empty>
  );
}

function Questions({ hosts }: { readonly hosts: readonly HostView[] }) {
  const summary = useSummary(WINDOW, 1_000);
  const edges = summary.data?.edges ?? [];
  const odd = hosts.filter(({ sync }) => sync.state !== "in-sync");
  return (
    <div className="cards">
      <Card title="Denied" more={<Link href="/flows?verdict=deny">all denied flows</Link>}>
        <EdgeList edges={edges} verdict="deny" none="Nothing was denied in the last hour." />
      </Card>
      <Card title="Would be denied" more={<Link href="/flows?verdict=would-deny">all of them</Link>}>
        <EdgeList
          edges={edges}
          verdict="would-deny"
          none="If every host enforced now, nothing of the last hour would break."
        />
      </Card>
      <Card title="Hosts" more={<Link href="/hosts">all {counted(hosts.length, "host")}</Link>}>
        {odd.length === 0 ? (
          <p className="good-words">{counted(hosts.length, "host")}, each enforces what it should.</p>
        ) : (
          <ul className="lines">
            {odd.slice(0, MOST).map(({ name, sync }) => (
              <li key={name}>
                <Link href={`/hosts/${encodeURIComponent(name)}`}>{name}</Link> <SyncMark sync={sync} />
                <small>{sync.why}</small>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title="Top talkers" more={<Link href="/map">the map</Link>}>
        <EdgeList
          edges={edges.toSorted((a, b) => b.bytes - a.bytes)}
          verdict="allow"
          none="Nothing has talked in the last hour."
        />
      </Card>
      <Card title="Coverage" more={<Link href="/flows?verdict=allow">allowed flows</Link>}>
        <Coverage edges={edges} />
      </Card>
    </div>
  );
}

function Card({
  title,
  more,
  children,
}: {
  readonly title: string;
  readonly more: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="card">
      <h2>{title}</h2>
      {children}
      <p className="card-more">{more}</p>
    </section>
  );
}

function EdgeList({
  edges,
  verdict,
  none,
}: {
  readonly edges: readonly EdgeView[];
  readonly verdict: Verdict;
  readonly none: string;
}) {
  const some = edges.filter((edge) => edge.verdict === verdict).slice(0, MOST);
  if (some.length === 0) return <p className="good-words">{none}</p>;
  return (
    <ul className="lines">
      {some.map((edge) => {
        const [from, to] = [nameOf(edge.source), nameOf(edge.destination)];
        return (
          <li key={`${from} ${to} ${edge.service}`}>
            <Link
              href={addressOf("/flows", {
                from: edge.source.host,
                to: edge.destination.host,
                service: edge.service,
                verdict,
              })}
            >
              {from} → {to}
            </Link>{" "}
            <span className="mono">{edge.service}</span>
            <small>{verdict === "allow" ? bytes(edge.bytes) : counted(edge.connections, "attempt")}</small>
          </li>
        );
      })}
    </ul>
  );
}

/** The share of connections by verdict: what a policy in force everywhere would let pass. */
function Coverage({ edges }: { readonly edges: readonly EdgeView[] }) {
  const sums: Record<Verdict, number> = { allow: 0, "would-deny": 0, deny: 0 };
  for (const { verdict, connections } of edges) sums[verdict] += connections;
  const all = sums.allow + sums["would-deny"] + sums.deny;
  if (all === 0) return <p className="good-words">Nothing was seen in the last hour.</p>;
  return (
    <>
      <p>
        <b className="share">{((100 * sums.allow) / all).toFixed(1)} %</b> of {count(all)} connections are
        allowed.
      </p>
      <ul className="lines">
        {(["allow", "would-deny", "deny"] as const).map((verdict) => (
          <li key={verdict}>
            <VerdictMark verdict={verdict} />
            <small>{count(sums[verdict])}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

function nameOf({ host, segment }: EdgeView["source"]): string {
  return host ?? segment ?? "an address without a name";
}
