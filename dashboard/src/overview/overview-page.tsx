/** What deserves a look, before anything else. */

import type { HostView } from "@bulkhead/server/api/shapes.ts";
import { Link } from "wouter";
import { useHosts, useStatus, useSummary } from "../api/queries.ts";
import { Timeline, useVerdictSums } from "../flows/timeline.tsx";
import { SyncMark } from "../hosts/sync.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { counted } from "../parts/words.ts";
import { Card } from "./card.tsx";
import { DeniedPerMinute } from "./denied-per-minute.tsx";
import { EdgeList, Talkers } from "./edge-list.tsx";
import { OddQuestions } from "./odd-questions.tsx";
import { Coverage, HostStates } from "./shares.tsx";
import { WaitingForYou } from "./waiting-for-you.tsx";
import "./overview.css";

const WINDOW = { window: "1h" };
/** Asked for by themselves: whoever knocks seldom is not among the busiest edges of a large estate. */
const STOPPED = { ...WINDOW, verdict: "deny,would-deny" };
const MOST_EDGES = 1_000;
const MOST_HOSTS = 6;

export default function OverviewPage() {
  const status = useStatus();
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
              <Estate />
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

function Estate() {
  const hosts = useHosts().data ?? [];
  const summary = useSummary(WINDOW, MOST_EDGES).data;
  const stopped = useSummary(STOPPED, MOST_EDGES).data;
  const sums = useVerdictSums(WINDOW);
  return (
    <>
      <WaitingForYou />
      {summary !== undefined && <OddQuestions />}
      <Timeline query={WINDOW} />
      <div className="cards">
        <Card title="Denied" more={<Link href="/flows?verdict=deny">all denied flows</Link>}>
          <DeniedPerMinute perMinute={stopped?.deniedPerMinute ?? []} />
          <EdgeList edges={stopped?.edges ?? []} verdict="deny" none="Nothing was denied in the last hour." />
        </Card>
        <Card title="Would be denied" more={<Link href="/flows?verdict=would-deny">all of them</Link>}>
          <WouldBreak connections={sums?.wouldDeny ?? 0} />
          <EdgeList
            edges={stopped?.edges ?? []}
            verdict="would-deny"
            none="If every host enforced now, nothing of the last hour would break."
          />
        </Card>
        <Card title="Hosts" more={<Link href="/hosts">all {counted(hosts.length, "host")}</Link>}>
          <HostStates hosts={hosts} />
          <OutOfSync hosts={hosts} />
        </Card>
        <Card title="Top talkers" more={<Link href="/map">the map</Link>}>
          <Talkers edges={summary?.edges ?? []} />
        </Card>
        <Card title="Coverage" more={<Link href="/flows?verdict=allow">allowed flows</Link>}>
          {sums !== undefined && <Coverage sums={sums} />}
        </Card>
      </div>
    </>
  );
}

function WouldBreak({ connections }: { readonly connections: number }) {
  if (connections === 0) return null;
  return (
    <p>
      <b>{counted(connections, "connection")}</b> of the last hour would break if every host enforced.
    </p>
  );
}

function OutOfSync({ hosts }: { readonly hosts: readonly HostView[] }) {
  const odd = hosts.filter(({ sync }) => sync.state !== "in-sync");
  if (odd.length === 0)
    return <p className="good-words">{counted(hosts.length, "host")}, each enforces what it should.</p>;
  return (
    <ul className="lines">
      {odd.slice(0, MOST_HOSTS).map(({ name, sync }) => (
        <li key={name}>
          <Link href={`/hosts/${encodeURIComponent(name)}`}>{name}</Link> <SyncMark sync={sync} />
          <small>{sync.why}</small>
        </li>
      ))}
    </ul>
  );
}
