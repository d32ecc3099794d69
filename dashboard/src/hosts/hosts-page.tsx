/** All hosts: who enforces what it should, and who does not. */

import type { HostView } from "@bulkhead/server/api/shapes.ts";
import { useMemo } from "react";
import { Link } from "wouter";
import { useHosts } from "../api/queries.ts";
import { FilterField } from "../flows/filter-bar.tsx";
import { type Changes, useAddressState } from "../parts/address-state.ts";
import { modeWords } from "../parts/mode.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Ago } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { segmentPath } from "../segments/segment-path.ts";
import { SYNC_STATES, SyncMark, syncWords } from "./sync.tsx";

export default function HostsPage() {
  const [state, change] = useAddressState();
  const hosts = useHosts(state.state === "revoked");
  return (
    <Page
      title="Hosts"
      aside={
        <Link className="button" href="/tokens">
          Let a host join
        </Link>
      }
    >
      <Loaded query={hosts} what="hosts">
        {(all) =>
          all.length === 0 ? (
            <Empty title="No host has joined yet.">
              <p>
                <Link href="/tokens">Make a token</Link>, and on the host run <code>bulkhead-agent join</code>{" "}
                with it.
              </p>
            </Empty>
          ) : (
            <Hosts all={all} state={state} onChange={change} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Hosts({
  all,
  state,
  onChange,
}: {
  readonly all: readonly HostView[];
  readonly state: Readonly<Record<string, string>>;
  readonly onChange: (changes: Changes) => void;
}) {
  const counts = useMemo(() => Map.groupBy(all, ({ sync }) => sync.state), [all]);
  const shown = useMemo(() => all.filter((host) => isWanted(host, state)), [all, state]);
  return (
    <>
      <search className="filters spaced">
        <FilterField
          name="Find"
          example="name, label, address"
          value={state.find ?? ""}
          onChange={(find) => onChange({ find })}
        />
        <label className="field">
          <span>State</span>
          <select value={state.state ?? ""} onChange={(event) => onChange({ state: event.target.value })}>
            <option value="">any</option>
            {SYNC_STATES.map((one) => (
              <option key={one} value={one}>
                {syncWords(one)} ({counts.get(one)?.length ?? 0})
              </option>
            ))}
          </select>
        </label>
        <p className="dim" role="status">
          {shown.length === all.length
            ? counted(all.length, "host")
            : `${shown.length} of ${counted(all.length, "host")}`}
        </p>
      </search>
      {shown.length === 0 ? (
        <Empty title="No host is like that.">
          <button
            type="button"
            className="button"
            onClick={() => onChange({ find: undefined, state: undefined })}
          >
            Show all
          </button>
        </Empty>
      ) : (
        <HostTable hosts={shown} />
      )}
    </>
  );
}

function HostTable({ hosts }: { readonly hosts: readonly HostView[] }) {
  return (
    <TableFrame label="Hosts">
      <TableHead
        names={["Host", "State", "Mode", "Version", "Segments", "Labels", "Addresses", "Last seen"]}
      />
      <tbody>
        {hosts.map((host) => (
          <tr key={host.name}>
            <td>
              <Link href={`/hosts/${encodeURIComponent(host.name)}`}>
                <strong>{host.name}</strong>
              </Link>
            </td>
            <td>
              <SyncMark sync={host.sync} />
              {host.sync.why !== undefined && <small className="why">{host.sync.why}</small>}
            </td>
            <td>{modeWords(host.modes)}</td>
            <td className="mono">{host.version ?? "–"}</td>
            <td>
              {host.segments.map((segment) => (
                <Link className="tag" key={segment} href={segmentPath(segment)}>
                  {segment}
                </Link>
              ))}
            </td>
            <td>
              {Object.entries(host.labels).map(([label, value]) => (
                <span className="tag" key={label}>
                  {label}={value}
                </span>
              ))}
            </td>
            <td className="mono addresses">{host.addresses.join(" ")}</td>
            <td className="dim">
              {host.connected ? "now" : host.seenAt === null ? "never" : <Ago at={host.seenAt} />}
            </td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function isWanted(host: HostView, { find = "", state }: Readonly<Record<string, string>>): boolean {
  if (state !== undefined && state !== "" && host.sync.state !== state) return false;
  const labels = Object.entries(host.labels).map(([label, value]) => `${label}=${value}`);
  const text = [host.name, ...labels, ...host.addresses, ...host.segments].join(" ").toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
