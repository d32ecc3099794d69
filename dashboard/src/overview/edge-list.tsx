/** The first few edges of one verdict, each a way to its flows. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
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
  const some = edges
    .filter(({ verdict }) => verdict === "allow")
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, MOST);
  const most = some[0]?.bytes ?? 0;
  if (some.length === 0) return <p className="good-words">Nothing has talked in the last hour.</p>;
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
  return (
    <>
      <Link href={addressOf("/flows", { from: source.host, to: destination.host, service, verdict })}>
        {nameOf(source)} → {nameOf(destination)}
      </Link>{" "}
      <span className="mono">{service}</span>
    </>
  );
}

function keyOf({ source, destination, service }: EdgeView): string {
  const ends = [source, destination].flatMap(({ host, segment, unit }) => [host, segment, unit]);
  return [...ends, service].join(" ");
}

function nameOf({ host, segment }: EdgeView["source"]): string {
  return host ?? segment ?? "an address without a name";
}
