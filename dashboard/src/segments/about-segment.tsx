/** What a segment says, and who is in it: each host with what it has of what the segment asks for. */

import type { Segment, SelectSegment } from "@bulkhead/shared/policy/policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { useMemo } from "react";
import { Link } from "wouter";
import { useHosts, useStatus } from "../api/queries.ts";
import { SyncMark } from "../hosts/sync.tsx";
import { addressOf } from "../parts/address-state.ts";
import { Fact } from "../parts/fact.tsx";
import { ModeMark } from "../parts/mode.tsx";
import { Empty } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { counted } from "../parts/words.ts";
import { KernelModes } from "./kernel-modes.tsx";
import { reasons } from "./membership.ts";
import { saidModes } from "./mode-change.ts";
import { segmentPath } from "./segment-path.ts";
import { chosenBy, isElsewhere, type Member, membersOf } from "./standings.ts";

const SHOWN = 200;

export function AboutSegment({
  segment,
  resolved,
}: {
  readonly segment: Segment;
  readonly resolved: ResolvedPolicy;
}) {
  const active = useStatus().data?.policy;
  const hosts = useHosts().data;
  const members = useMemo(
    () => membersOf(resolved, segment.name, new Map(hosts?.map((host) => [host.name, host]))),
    [resolved, segment.name, hosts],
  );
  const { file, line } = segment.place;
  return (
    <>
      <section className="card" aria-label="What it says">
        <dl className="facts">
          <Fact name="Chosen by">
            <span className="mono">{chosenBy(segment)}</span>
          </Fact>
          {segment.kind === "select" && <Modes segment={segment} resolved={resolved} members={members} />}
          <Fact name="Written at">
            <Link className="mono" href={addressOf(`/policy/${active}`, { file, line: String(line) })}>
              {file}:{line}
            </Link>
          </Fact>
        </dl>
      </section>
      {segment.kind === "select" ? (
        <Members segment={segment} members={members} resolved={resolved} />
      ) : (
        <p className="notice spaced-above">
          {segment.kind === "addresses"
            ? "These addresses have no agent: they have no mode, and are judged by the hosts that they talk to."
            : "These names are resolved by each host that enforces a rule about them: they have no mode."}
        </p>
      )}
    </>
  );
}

function Modes({
  segment,
  resolved,
  members,
}: {
  readonly segment: SelectSegment;
  readonly resolved: ResolvedPolicy;
  readonly members: readonly Member[];
}) {
  const says = Object.keys(segment.mode).length;
  const modes = saidModes(segment.mode, resolved.policy.mode);
  return (
    <>
      <Fact name="Mode">
        <ModeMark modes={modes} />
        {says === 0 && <span className="dim"> as the policy has it: the segment says nothing</span>}
        {says === 1 && <span className="dim"> in part as the policy has it</span>}
      </Fact>
      <Fact name="Kernels">
        <KernelModes members={members} says={modes} />
      </Fact>
    </>
  );
}

function Members({
  segment,
  members,
  resolved,
}: {
  readonly segment: SelectSegment;
  readonly members: readonly Member[];
  readonly resolved: ResolvedPolicy;
}) {
  return (
    <section className="section" aria-label="Hosts">
      <h2>{counted(members.length, "host")} in it</h2>
      {members.length === 0 ? (
        <Empty title="No host is in it.">
          <p>
            A host is, once it has labels that <code>{segment.selector.text}</code> chooses:{" "}
            <Link href="/hosts">give them to one</Link>, or <Link href="/tokens">make a token</Link> with them
            for hosts that are to join.
          </p>
        </Empty>
      ) : (
        <TableFrame label="Hosts of the segment">
          <TableHead
            names={["Host", "Why it is in", "Mode by the version", "In its kernel", "State", "Also in"]}
          />
          <tbody>
            {members.slice(0, SHOWN).map((member) => (
              <tr key={member.name}>
                <td>
                  <Link href={`/hosts/${encodeURIComponent(member.name)}`}>
                    <strong>{member.name}</strong>
                  </Link>
                </td>
                <td>
                  {reasons(segment.selector, resolved.inventory.hosts.get(member.name)?.labels ?? {}).map(
                    (reason) => (
                      <span className="tag" key={reason}>
                        {reason}
                      </span>
                    ),
                  )}
                </td>
                <td>
                  <ModeMark modes={member.modes} />
                </td>
                <td>
                  <InKernel member={member} />
                </td>
                <td>{member.host !== undefined && <SyncMark sync={member.host.sync} />}</td>
                <td>
                  {member.segments
                    .filter((other) => other !== segment.name)
                    .map((other) => (
                      <Link className="tag" key={other} href={segmentPath(other)}>
                        {other}
                      </Link>
                    ))}
                </td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      {members.length > SHOWN && <p className="dim">and {members.length - SHOWN} more</p>}
    </section>
  );
}

function InKernel({ member }: { readonly member: Member }) {
  const { host } = member;
  if (host === undefined) return <span className="dim">no agent</span>;
  if (host.modes === null) return <span className="dim">not known</span>;
  return (
    <>
      <ModeMark modes={host.modes} />
      {isElsewhere(member) && <small className="why">not as the version says</small>}
    </>
  );
}
