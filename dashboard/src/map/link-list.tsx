/** The map in words: what was seen, the worst first, or what concerns the node that was chosen. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import { useMemo } from "react";
import { Link as Goto } from "wouter";
import { addressOf } from "../parts/address-state.ts";
import { Icon } from "../parts/icon.tsx";
import { VerdictMark } from "../parts/verdict.tsx";
import { bytes, counted } from "../parts/words.ts";
import type { Link } from "./network.ts";

const SHOWN = 80;
const FEW = 4;
const SEVERITY = { allow: 0, "would-deny": 1, deny: 2 } as const;

export function LinkList({
  links,
  edges,
  chosen,
  onChoose,
}: {
  readonly links: readonly Link[];
  readonly edges: readonly EdgeView[];
  readonly chosen: string | undefined;
  readonly onChoose: (node: string | undefined) => void;
}) {
  const shown = useMemo(() => {
    const level = chosen?.startsWith("segment ") ? "segments" : "hosts";
    const some = links.filter(
      (link) =>
        link.level === level && (chosen === undefined || link.source === chosen || link.target === chosen),
    );
    return some.toSorted(
      (a, b) => SEVERITY[b.verdict] - SEVERITY[a.verdict] || b.connections - a.connections,
    );
  }, [links, chosen]);
  const name = chosen === undefined ? undefined : nameOf(chosen);
  return (
    <aside className="detail" aria-label="What was seen">
      <header>
        <h2>{name ?? "All edges"}</h2>
        {chosen !== undefined && (
          <button
            type="button"
            className="quiet"
            onClick={() => onChoose(undefined)}
            aria-label="Show all again"
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      {chosen?.startsWith("host ") && (
        <p>
          <Goto href={`/hosts/${encodeURIComponent(name ?? "")}`}>Open the host</Goto>
        </p>
      )}
      {shown.length === 0 && (
        <p className="dim">
          {edges.length === 0 ? "Nothing was seen in this time." : "Nothing was seen here in this time."}
        </p>
      )}
      <ul className="links">
        {shown.slice(0, SHOWN).map((link) => (
          <li key={link.key}>
            <VerdictMark verdict={link.verdict} />
            <Goto href={flowsOf(link)}>
              {nameOf(link.source)} → {nameOf(link.target)}
            </Goto>
            <small>
              {[...link.services].slice(0, FEW).join(", ")}
              {link.services.size > FEW && ` and ${link.services.size - FEW} more`} ·{" "}
              {counted(link.connections, "connection")} · {bytes(link.bytes)}
            </small>
          </li>
        ))}
      </ul>
      {shown.length > SHOWN && (
        <p className="dim">and {shown.length - SHOWN} more; choose a node or filter</p>
      )}
    </aside>
  );
}

function nameOf(node: string): string {
  return node.replace(/^(?:host|segment) /, "");
}

function flowsOf({ source, target, verdict }: Link): string {
  const end = (node: string) => (node.includes("addresses") ? undefined : nameOf(node));
  return addressOf("/flows", { from: end(source), to: end(target), verdict });
}
