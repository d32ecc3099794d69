/** One host: what it should enforce, what its kernel says, who listens on it and who may reach that. */

import type { HostDetails } from "@bulkhead/server/api/shapes.ts";
import { lazy, Suspense } from "react";
import { Link, useParams } from "wouter";
import { useHistory, useHost } from "../api/queries.ts";
import { addressOf } from "../parts/address-state.ts";
import { Fact } from "../parts/fact.tsx";
import { modeWords } from "../parts/mode.tsx";
import { Loaded, Page, Waiting } from "../parts/page.tsx";
import { Ago, Moment } from "../parts/time.tsx";
import { bytes, count, counted } from "../parts/words.ts";
import { segmentPath } from "../segments/segment-path.ts";
import { EventTable } from "../server/event-table.tsx";
import { HostActions } from "./host-actions.tsx";
import { SyncMark } from "./sync.tsx";

const Exposure = lazy(() => import("./exposure.tsx"));

export default function HostPage() {
  const name = decodeURIComponent(useParams().name ?? "");
  const host = useHost(name);
  return (
    <Page
      title={name}
      under={{ path: "/hosts", name: "Hosts" }}
      aside={
        <>
          <Link className="button" href={addressOf("/flows", { host: name })}>
            Flows
          </Link>
          {host.data !== undefined && <HostActions host={host.data} />}
        </>
      }
    >
      <Loaded query={host} what={`host ${name}`}>
        {(details) => <Details host={details} />}
      </Loaded>
    </Page>
  );
}

function Details({ host }: { readonly host: HostDetails }) {
  return (
    <>
      <p className={`notice ${host.sync.state === "in-sync" ? "good" : "doubt"}`}>
        <SyncMark sync={host.sync} /> {host.sync.why ?? "its kernel holds what it was sent"}
        {host.lapsedAt !== null && "; its lease has ended, so its addresses are in no segment"}
      </p>
      <div className="cards">
        <Enforcement host={host} />
        <Identity host={host} />
        {host.inventory !== null && <Machine inventory={host.inventory} />}
      </div>
      <section className="section">
        <h2>Exposure</h2>
        <Suspense fallback={<Waiting what="what may reach it" />}>
          <Exposure host={host} />
        </Suspense>
      </section>
      <History name={host.name} />
    </>
  );
}

function Enforcement({ host }: { readonly host: HostDetails }) {
  const { state, expected } = host;
  return (
    <section className="card">
      <h2>Enforcement</h2>
      <dl className="facts">
        <Fact name="Mode">{modeWords(host.modes)}</Fact>
        <Fact name="Should have">
          {expected === null ? "nothing was provisioned" : <Version {...expected} />}
        </Fact>
        <Fact name="Kernel has">
          {state === null ? (
            "it has not said yet"
          ) : state.digest === null ? (
            state.kernel
          ) : (
            <Version version={state.version} digest={state.digest} />
          )}
        </Fact>
        {state !== null && (
          <>
            <Fact name="Read back">
              {state.enforcement}; the table {state.kernel}
              {host.stateAt !== null && (
                <>
                  , <Ago at={host.stateAt} />
                </>
              )}
            </Fact>
            <Fact name="Since">{state.since === null ? "–" : <Moment at={state.since} />}</Fact>
            <Fact name="Last change cut">{counted(state.cuts, "connection")}</Fact>
            <Fact name="Tampering">
              {state.tamperings === 0
                ? "never seen"
                : `${counted(state.tamperings, "time")}, all mended; last: ${state.lastTampering ?? "unknown"}`}
            </Fact>
            <Fact name="Reports">
              {state.watching ? "it sees every connection" : "it cannot see connections"};{" "}
              {counted(state.spool.unsent, "record")} unsent, {count(state.spool.lost)} lost
            </Fact>
          </>
        )}
      </dl>
      {state?.notes.map(({ code, message, remedy }) => (
        <div className="notice doubt" key={`${code} ${message}`}>
          <strong>{message}</strong>
          <p>{remedy}</p>
        </div>
      ))}
    </section>
  );
}

function Version({ version, digest }: { readonly version: number; readonly digest: string }) {
  return (
    <>
      {version === 0 ? "no version" : <Link href={`/policy/${version}`}>version {version}</Link>}{" "}
      <code title={digest}>{digest.slice(0, 12)}</code>
    </>
  );
}

function Identity({ host }: { readonly host: HostDetails }) {
  return (
    <section className="card">
      <h2>Identity</h2>
      <dl className="facts">
        <Fact name="Labels">
          {Object.entries(host.labels).map(([label, value]) => (
            <span className="tag" key={label}>
              {label}={value}
            </span>
          ))}
        </Fact>
        <Fact name="Segments">
          {host.segments.length === 0
            ? "none"
            : host.segments.map((segment) => (
                <Link className="tag" key={segment} href={segmentPath(segment)}>
                  {segment}
                </Link>
              ))}
        </Fact>
        <Fact name="Addresses">
          <span className="mono">{host.addresses.join(", ") || "none"}</span>
        </Fact>
        <Fact name="May claim">
          <span className="mono">{host.blocks.join(", ")}</span>
        </Fact>
        <Fact name="Joined">
          <Moment at={host.joinedAt} />
          {host.token !== null && ` by token ${host.token}`}
        </Fact>
        <Fact name="Connected">
          {host.connected ? "yes" : host.seenAt === null ? "never" : <Ago at={host.seenAt} />}
        </Fact>
        {host.isolated !== null && (
          <Fact name="Isolated">
            from all but the server{host.isolated.length > 0 && ` and ${host.isolated.join(", ")}`}
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Machine({ inventory }: { readonly inventory: NonNullable<HostDetails["inventory"]> }) {
  const { distribution, release, kernel, architecture, machine, cores, memoryBytes, cloud } = inventory;
  return (
    <section className="card">
      <h2>Machine</h2>
      <dl className="facts">
        <Fact name="Calls itself">{inventory.hostname}</Fact>
        <Fact name="System">
          {distribution} {release}
        </Fact>
        <Fact name="Kernel">
          {kernel}, {architecture}
        </Fact>
        <Fact name="Machine">{machine === "" ? "unknown" : machine}</Fact>
        <Fact name="Size">
          {counted(cores, "core")}, {bytes(memoryBytes)}
        </Fact>
        {cloud !== null && (
          <Fact name="Cloud">
            {cloud.provider} {cloud.instance ?? ""}
          </Fact>
        )}
      </dl>
    </section>
  );
}

function History({ name }: { readonly name: string }) {
  const history = useHistory(name, 50);
  return (
    <section className="section">
      <h2>What happened</h2>
      <Loaded query={history} what="its history">
        {(events) =>
          events.length === 0 ? (
            <p className="dim">Nothing but joining is on record.</p>
          ) : (
            <EventTable events={events} />
          )
        }
      </Loaded>
    </section>
  );
}
