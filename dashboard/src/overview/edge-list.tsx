/** The first few edges of one verdict, each a way to its flows. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { edgeEndName } from "../flows/flow-words.ts";
import { addressOf } from "../parts/address-state.ts";
import type { Verdict } from "../parts/verdict.tsx";
import { bytes, counted } from "../parts/words.ts";

const MOST = 6;

export function EdgeList({
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
      {some.map((edge) => (
        <li key={keyOf(edge)}>
          <EdgeName edge={edge} />
          <small>{counted(edge.connections, "attempt")}</small>
        </li>
      ))}
    </ul>
  );
}

/** What was allowed, by volume: the longest bar is the one that sends most. */
export function Talkers({ edges }: { readonly edges: readonly EdgeView[] }) {
  // Of what goes on, the volume is told every now and then: nothing yet is not little.
  const some = edges
    .filter(({ verdict, bytes }) => verdict === "allow" && bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, MOST);
  const most = some[0]?.bytes ?? 0;
  if (some.length === 0)
    return <p className="good-words">No connection of the last hour has told its volume yet.</p>;
  return (
    <ul className="lines">
      {some.map((edge) => (
        <li key={keyOf(edge)}>
          <EdgeName edge={edge} />
          <small>{bytes(edge.bytes)}</small>
          <svg className="bar" aria-hidden="true">
            <rect width={`${most === 0 ? 0 : (100 * edge.bytes) / most}%`} height="100%" className="accent" />
          </svg>
        </li>
      ))}
    </ul>
  );
}

function EdgeName({ edge }: { readonly edge: EdgeView }): ReactNode {
  const { source, destination, service, verdict } = edge;
  const ends = { from: filterOf(source), to: filterOf(destination) };
  return (
    <>
      <Link href={addressOf("/flows", { ...ends, service, verdict })}>
        {edgeEndName(source)} → {edgeEndName(destination)}
      </Link>{" "}
      <span className="mono">{service}</span>
    </>
  );
}

function keyOf({ source, destination, service }: EdgeView): string {
  const ends = [source, destination].flatMap(({ host, segment, unit }) => [host, segment, unit]);
  return [...ends, service].join(" ");
}

function filterOf({ host, segment, address }: EdgeView["source"]): string | undefined {
  return host ?? segment ?? address;
}
