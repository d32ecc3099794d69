/** Where somebody looks further whom an alert concerns: hosts and flows that its facts name. Pure. */

import type { AlertView } from "@bulkhead/server/api/alert-shapes.ts";
import { addressOf } from "../parts/address-state.ts";

export interface AlertLink {
  readonly words: string;
  readonly href: string;
}

export function linksOf({ kind, facts }: AlertView): readonly AlertLink[] {
  const [host, peer] = [text(facts.host), text(facts.peer)];
  const [source, destination] = [
    text(facts.sourceHost) ?? text(facts.source),
    text(facts.destinationHost) ?? text(facts.destination),
  ];
  const [from, to, unit] = [text(facts.from), text(facts.to), text(facts.unit)];
  const hosts = [host, text(facts.sourceHost), text(facts.destinationHost)];
  const links: (AlertLink | undefined)[] = [
    from !== undefined && to !== undefined ? flows(`Flows from ${from} to ${to}`, { from, to }) : undefined,
    from === undefined && source !== undefined
      ? flows(
          kind === "fan-out" || destination === undefined
            ? `What ${source} was denied`
            : `What ${source} tried on ${destination}`,
          { from: source, ...(kind !== "fan-out" && { to: destination }), verdict: "deny" },
        )
      : undefined,
    peer !== undefined && host !== undefined
      ? flows(`Flows from ${host} to ${peer}`, { from: host, to: peer, service: text(facts.service) })
      : undefined,
    peer === undefined && unit !== undefined ? flows(`Flows of ${unit}`, { unit, host }) : undefined,
    ...[...new Set(hosts)].map((name) =>
      name === undefined
        ? undefined
        : { words: `Open host ${name}`, href: `/hosts/${encodeURIComponent(name)}` },
    ),
  ];
  return links.filter((link) => link !== undefined);
}

function flows(words: string, filter: Readonly<Record<string, string | undefined>>): AlertLink {
  return { words, href: addressOf("/flows", { ...filter, window: "24h" }) };
}

function text(fact: unknown): string | undefined {
  return typeof fact === "string" && fact !== "" ? fact : undefined;
}
