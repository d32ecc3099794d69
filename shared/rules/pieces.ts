import type { Service } from "../net/service.ts";
import type { FlowEnds } from "./cells.ts";
import { FlowEnd } from "./flow-end.ts";
import type { HostRule } from "./host-policy.ts";
import { matcherOf } from "./matcher.ts";
import { NEVER_JUDGED } from "./never-judged.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { partition, Spans } from "./spans.ts";

const NEVER = Object.values<Service>(NEVER_JUDGED).map((service) => Spans.of(service));

/** Cuts services into parts of each of which all flows between two ends get one answer. */
export function piecesOf(resolved: ResolvedPolicy, asked: Spans, ends: FlowEnds): readonly Spans[] {
  const [only] = asked.spans;
  // Nothing begins or ends inside a single point.
  if (only !== undefined && asked.spans.length === 1 && only.low === only.high) return [asked];
  const rules = [...rulesOn(resolved, "egress", ends), ...rulesOn(resolved, "ingress", ends)];
  const services = new Set(rules.map(({ service }) => service));
  const sets = [...NEVER, ...Array.from(services, (service) => Spans.of(service))];
  return partition(asked, sets).map((part) => part.services);
}

/** The rules for flows between these ends on the one that judges in this direction. */
function rulesOn(
  resolved: ResolvedPolicy,
  direction: "egress" | "ingress",
  { source, destination }: FlowEnds,
): readonly HostRule[] {
  const [here, there] = direction === "egress" ? [source, destination] : [destination, source];
  const host = resolved.inventory.hostOf(here);
  if (host === undefined) return [];
  const ends = { direction, local: new FlowEnd(here), peer: new FlowEnd(there) };
  return matcherOf(resolved.hostPolicy(host.name)).between(ends);
}
