/** Recorded connections, and what they would meet. */

import type { ForetoldView, PlanView } from "@bulkhead/server/api/plan-shapes.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { addressOf } from "../parts/address-state.ts";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Moment } from "../parts/time.tsx";
import { VERDICT_WORDS } from "../parts/verdict.tsx";
import { count, counted } from "../parts/words.ts";
import { byDefault, endWords } from "./plan-words.ts";

type Listed = PlanView["flows"]["breaks"];
type Decision = ForetoldView["next"];

const SHOWN = 100;

interface ConnectionsProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly listed: Listed;
  /** Whose files the rules are in: the draft, where it has a number, and what is in force. */
  readonly version: number | null;
  readonly window: string;
}

export function Connections({ title, about, listed, version, window }: ConnectionsProps) {
  const { list, connections } = listed;
  return (
    <section className="section" aria-label={title}>
      <h2>
        {title}: {counted(connections, "connection")}
      </h2>
      {about !== undefined && <p className="dim spaced">{about}</p>}
      <TableFrame label={title}>
        <TableHead names={["From", "To", "Service", "Times", "Last seen", "Then", "With it", ""]} />
        <tbody>
          {list.slice(0, SHOWN).map((one) => (
            <tr key={rowKey(one)}>
              <td>{endWords(one.source)}</td>
              <td className="nowrap">{endWords(one.destination)}</td>
              <td className="mono">{one.service}</td>
              <td className="number">{count(one.connections)}</td>
              <td className="dim nowrap">
                <Moment at={one.end} />
              </td>
              <td>
                <DecisionText decision={one.recorded} version="active" />
              </td>
              <td>
                <DecisionText decision={one.next} version={version === null ? undefined : String(version)} />
                {one.unsure && (
                  <small className="why">
                    Perhaps: which process it was is not recorded, and some would still get through.
                  </small>
                )}
              </td>
              <td className="nowrap">
                <Link href={flowsOf(one, window)}>flows</Link>
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      {list.length > SHOWN && (
        <p className="dim">and {counted(list.length - SHOWN, "more kind", "more kinds")} of connections</p>
      )}
    </section>
  );
}

function DecisionText({
  decision,
  version,
}: {
  readonly decision: Decision;
  readonly version: string | undefined;
}) {
  const { rule, verdict } = decision;
  const word = <b className={verdict}>{VERDICT_WORDS[verdict]}</b>;
  if (rule === null)
    return (
      <>
        {word} {byDefault(decision)}
      </>
    );
  const place = `${rule.file}:${rule.line}`;
  return (
    <>
      {word} by {rule.name}{" "}
      {version === undefined ? (
        <span className="mono">{place}</span>
      ) : (
        <Link
          className="mono"
          href={addressOf(`/policy/${version}`, { file: rule.file, line: String(rule.line) })}
        >
          {place}
        </Link>
      )}
    </>
  );
}

function flowsOf({ source, destination, service }: ForetoldView, window: string): string {
  return addressOf("/flows", {
    from: source.host ?? source.address,
    to: destination.host ?? destination.address,
    ...{ service, unit: source.unit, window },
  });
}

function rowKey({ source, destination, service, recorded, next, unsure }: ForetoldView): string {
  return JSON.stringify([
    ...[source.address, source.unit, source.user, destination.address, destination.unit, service],
    ...[recorded.verdict, recorded.rule?.name, next.host, next.rule?.name, unsure],
  ]);
}
