/** Why a flow got its verdict, and what can be done about it. */

import type { FlowView } from "@bulkhead/server/api/flow-shapes.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { addressOf } from "../parts/address-state.ts";
import { Fact } from "../parts/fact.tsx";
import { Icon } from "../parts/icon.tsx";
import { useMay } from "../parts/role.ts";
import { Moment } from "../parts/time.tsx";
import { VerdictMark } from "../parts/verdict.tsx";
import { bytes, count, counted } from "../parts/words.ts";
import { endName, type FlowEnd, type Judged } from "./flow-words.ts";

export function FlowDetail({ flow, onClose }: { readonly flow: FlowView; readonly onClose: () => void }) {
  const { source, destination, service, egress, ingress } = flow;
  const mayDraft = useMay("editor");
  const [from, to] = [endName(source), endName(destination)];
  return (
    <aside className="detail" aria-label="Why">
      <header>
        <h2>
          {from} <Icon name="arrow" /> {to} <span className="mono">{service}</span>
        </h2>
        <button type="button" className="quiet" onClick={onClose} aria-label="Close">
          <Icon name="close" />
        </button>
      </header>
      <p className="detail-verdict">
        <VerdictMark verdict={flow.verdict} /> {reason(flow)}
      </p>
      <ol className="judgements">
        <Judgement title="Source, leaving" end={source} judged={egress} flow={flow} side="egress" />
        <Judgement
          title="Destination, arriving"
          end={destination}
          judged={ingress}
          flow={flow}
          side="ingress"
        />
      </ol>
      <dl className="facts">
        <Fact name="First seen">
          <Moment at={flow.start} />
        </Fact>
        <Fact name="Last seen">
          <Moment at={flow.end} />
        </Fact>
        <Fact name="Connections">{count(flow.connections)}</Fact>
        <Fact name="Volume">
          {bytes(flow.bytes)} in {counted(flow.packets, "packet")}
        </Fact>
        <Fact name="Reported by">
          {flow.confirmed ? "both ends" : flow.unconfirmed ? "one end, though both report here" : "one end"}
        </Fact>
      </dl>
      <h3>Next</h3>
      <ul className="next">
        <li>
          <Link href={addressOf("/explain", { from, to, service, unit: source.unit })}>
            Ask what the active policy says
          </Link>
        </li>
        {mayDraft && flow.verdict !== "allow" && (
          <li>
            <Link
              href={addressOf("/policy/edit", {
                from: source.segment ?? source.address,
                to: destination.segment ?? destination.address,
                service,
              })}
            >
              Draft a rule that allows it
            </Link>
          </li>
        )}
        <li>
          <Link href={addressOf("/flows", { to, service })}>
            Who else asks {to} for {service}
          </Link>
        </li>
        <li>
          <Link href={addressOf("/flows", { from })}>What else {from} does</Link>
        </li>
        {[source, destination].map(
          ({ host }) =>
            host !== undefined && (
              <li key={host}>
                <Link href={`/hosts/${encodeURIComponent(host)}`}>Open host {host}</Link>
              </li>
            ),
        )}
      </ul>
    </aside>
  );
}

/** The verdict in a sentence. */
function reason({ egress, ingress, verdict }: FlowView): string {
  const judged = [egress, ingress].find((one) => one?.verdict === verdict);
  if (judged === null || judged === undefined) return "";
  if (verdict === "allow") return egress !== null && ingress !== null ? "by both ends" : `by ${judged.host}`;
  const by = judged.rule === null ? "no rule allows it" : `the rule ${judged.rule.name} denies it`;
  return verdict === "deny" ? `by ${judged.host}: ${by}` : `if ${judged.host} enforced: ${by}`;
}

function Judgement({
  title,
  end,
  judged,
  flow,
  side,
}: {
  readonly title: string;
  readonly end: FlowEnd;
  readonly judged: Judged | null;
  readonly flow: FlowView;
  readonly side: "egress" | "ingress";
}) {
  return (
    <li className={judged === null ? "judgement silent" : `judgement ${judged.verdict}`}>
      <h3>{title}</h3>
      <p className="who">
        <strong>{endName(end)}</strong>
        {end.host !== undefined && <span className="mono"> {end.address}</span>}
        {end.segment !== undefined && <span className="tag">{end.segment}</span>}
      </p>
      {(end.unit ?? end.user ?? end.executable) !== undefined && (
        <p className="dim mono">{[end.unit, end.user, end.executable].filter(Boolean).join(" · ")}</p>
      )}
      {judged === null ? (
        <p className="dim">{silence(flow, side)}</p>
      ) : (
        <>
          <p>
            <VerdictMark verdict={judged.verdict} />{" "}
            {judged.rule === null
              ? judged.verdict === "allow"
                ? "no rule applies to this host"
                : "by default: no rule allows it"
              : `by the rule ${judged.rule.name}`}
          </p>
          {judged.rule !== null && (
            <p className="mono">
              <Link
                href={addressOf(`/policy/${judged.versions.at(-1) ?? "active"}`, {
                  file: judged.rule.file,
                  line: String(judged.rule.line),
                })}
              >
                {judged.rule.file}:{judged.rule.line}
              </Link>
            </p>
          )}
          {judged.rule?.note !== undefined && <p className="dim">{judged.rule.note}</p>}
          <p className="dim">{heldWords(judged)}</p>
        </>
      )}
    </li>
  );
}

/** A flow may be older than the version that judged the last of it. */
function heldWords({ versions }: Judged): ReactNode {
  const last = versions.at(-1);
  if (last === undefined) return "It is not known which version of the policy the host held.";
  const earlier = versions.slice(0, -1);
  return (
    <>
      the host held <Link href={`/policy/${last}`}>version {last}</Link>
      {earlier.length > 0 && `, and earlier in this time ${earlier.length === 1 ? "version" : "versions"} `}
      {earlier.join(", ")}
    </>
  );
}

function silence({ egress, source, destination }: FlowView, side: "egress" | "ingress"): string {
  if (side === "ingress" && egress?.verdict === "deny") return "Never asked: the source stopped it.";
  const end = side === "egress" ? source : destination;
  if (end.host === undefined) return "No agent there: nobody judged it on this side.";
  return "It has said nothing of it (yet).";
}
