/** All segments: what the active version says of their mode, what their hosts' kernels say, and what was stopped there. */

import { useMemo } from "react";
import { Link } from "wouter";
import { useHosts, useStatus, useSummary } from "../api/queries.ts";
import { WINDOWS, windowNamed } from "../api/window.ts";
import { FilterField } from "../flows/filter-bar.tsx";
import { addressOf, type Changes, useAddressState } from "../parts/address-state.ts";
import { ModeMark } from "../parts/mode.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { count, counted } from "../parts/words.ts";
import { useServedPolicy } from "../policy/served-policy.ts";
import { KernelModes } from "./kernel-modes.tsx";
import { MODES } from "./mode-change.ts";
import { Outside } from "./outside.tsx";
import { segmentPath } from "./segment-path.ts";
import { type Standing, standings } from "./standings.ts";
import "./segments.css";

const WINDOW = "24h";

export default function SegmentsPage() {
  const [state, change] = useAddressState();
  const policy = useServedPolicy();
  const number = useStatus().data?.policy;
  const window = windowNamed(state.window ?? WINDOW).name;
  const hosts = useHosts().data;
  const stopped = useSummary({ window, verdict: "deny,would-deny" }).data?.edges;
  const all = useMemo(
    () => (policy.data == null ? undefined : standings(policy.data, hosts ?? [], stopped ?? [])),
    [policy.data, hosts, stopped],
  );
  return (
    <Page
      title="Segments"
      aside={
        number != null && (
          <Link className="dim" href={`/policy/${number}`}>
            as version {number} says
          </Link>
        )
      }
    >
      {policy.data === null ? (
        <Empty title="No version is in force.">
          <p>
            Segments are written in the policy. <Link href="/suggestions">A first one can be suggested</Link>{" "}
            by the labels that there are, or <Link href="/policy/edit">write it here</Link>.
          </p>
        </Empty>
      ) : (
        <Loaded query={{ data: all, error: policy.error }} what="segments">
          {(found) => (
            <>
              <Segments all={found} state={{ ...state, window }} onChange={change} />
              {policy.data != null && <Outside resolved={policy.data} />}
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Segments({
  all,
  state,
  onChange,
}: {
  readonly all: readonly Standing[];
  readonly state: Readonly<Record<string, string>> & { readonly window: string };
  readonly onChange: (changes: Changes) => void;
}) {
  const shown = all.filter((one) => isWanted(one, state));
  if (all.length === 0)
    return (
      <Empty title="The policy has no segment.">
        <p>
          <Link href="/policy/edit">Write one</Link>, such as <code>web: {'{ select: "role=web" }'}</code>.
        </p>
      </Empty>
    );
  return (
    <>
      <search className="filters spaced">
        <FilterField
          name="Find"
          example="name, label, host"
          value={state.find ?? ""}
          onChange={(find) => onChange({ find })}
        />
        <label className="field">
          <span>Mode</span>
          <select value={state.mode ?? ""} onChange={(event) => onChange({ mode: event.target.value })}>
            <option value="">any</option>
            {MODES.toReversed().map((mode) => (
              <option key={mode} value={mode}>
                {mode}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>Stopped in the last</span>
          <select value={state.window} onChange={(event) => onChange({ window: event.target.value })}>
            {WINDOWS.map(({ name, words }) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <p className="dim" role="status">
          {shown.length === all.length
            ? counted(all.length, "segment")
            : `${shown.length} of ${counted(all.length, "segment")}`}
        </p>
      </search>
      {shown.length === 0 ? (
        <Empty title="No segment is like that.">
          <button
            type="button"
            className="button"
            onClick={() => onChange({ find: undefined, mode: undefined })}
          >
            Show all
          </button>
        </Empty>
      ) : (
        <SegmentTable segments={shown} window={state.window} />
      )}
    </>
  );
}

function SegmentTable({
  segments,
  window,
}: {
  readonly segments: readonly Standing[];
  readonly window: string;
}) {
  return (
    <TableFrame label="Segments">
      <TableHead
        names={[
          ...["Segment", "Chosen by", "Mode", "In their kernels", "Hosts", "Rules"],
          ...["Denied", "Would be denied"],
        ]}
      />
      <tbody>
        {segments.map(({ segment, chosenBy, says, members, rules, denied, wouldDeny }) => (
          <tr key={segment.name}>
            <td>
              <Link href={segmentPath(segment.name)}>
                <strong>{segment.name}</strong>
              </Link>
            </td>
            <td className="mono addresses">{chosenBy}</td>
            <td>
              {says === undefined ? <span className="dim">no agent there</span> : <ModeMark modes={says} />}
              {segment.kind === "select" && Object.keys(segment.mode).length === 0 && (
                <small className="why">as the policy has it</small>
              )}
            </td>
            <td>{says !== undefined && <KernelModes members={members} says={says} />}</td>
            <td>{says === undefined ? "–" : count(members.length)}</td>
            <td>{count(rules)}</td>
            <Stopped name={segment.name} number={denied} verdict="deny" window={window} />
            <Stopped name={segment.name} number={wouldDeny} verdict="would-deny" window={window} />
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

/** Connections of its hosts, with the way to their flows. */
function Stopped({
  name,
  number,
  verdict,
  window,
}: {
  readonly name: string;
  readonly number: number;
  readonly verdict: "deny" | "would-deny";
  readonly window: string;
}) {
  return (
    <td>
      {number === 0 ? (
        <span className="dim">0</span>
      ) : (
        <Link href={addressOf("/flows", { segment: name, verdict, window })}>{count(number)}</Link>
      )}
    </td>
  );
}

function isWanted({ segment, chosenBy, says, members }: Standing, state: Readonly<Record<string, string>>) {
  const { find = "", mode = "" } = state;
  if (mode !== "" && says?.ingress !== mode && says?.egress !== mode) return false;
  const text = [segment.name, chosenBy, ...members.map(({ name }) => name)].join(" ").toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
