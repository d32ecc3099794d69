/** A flow in words. */

import type { EdgeView, FlowView } from "@bulkhead/server/api/flow-shapes.ts";

export type FlowEnd = FlowView["source"];
export type Judged = NonNullable<FlowView["egress"]>;

export function endName({ host, address }: FlowEnd): string {
  return host ?? address;
}

/** Where agents reach the server, when it is no host of its own. */
export const SERVER_NAME = "Bulkhead server";

/** Those whom nobody has a name for, where there are several. */
export const STRANGERS = "unnamed addresses";

export function edgeEndName({ host, segment, address, server }: EdgeView["source"]): string {
  return host ?? segment ?? (server === true ? SERVER_NAME : (address ?? STRANGERS));
}

/** What stays the same when more of the same flow is seen. */
export function flowKey({ source, destination, service, verdict, egress, ingress }: FlowView): string {
  return JSON.stringify([
    ...[source.address, source.unit, destination.address, destination.unit, service, verdict],
    ...[egress?.rule?.name, ingress?.rule?.name],
  ]);
}

export function ruleWords({ rule, verdict }: Judged): string {
  if (rule !== null) return rule.name;
  return verdict === "allow" ? "judges nothing" : "no rule allows it";
}

/** The judgement that explains the verdict: the worse of the two, of two alike the source's. */
export function decisive({ egress, ingress, verdict }: FlowView): Judged | null {
  if (egress?.verdict === verdict) return egress;
  return ingress?.verdict === verdict ? ingress : (egress ?? ingress);
}
