/** A flow as the API shows it: by which versions it was judged, and whether it goes to this server itself. */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import type { HeldVersions, Span } from "../store/audit/held-versions.ts";
import type { FlowEnd, JoinedFlow, Judged } from "../store/flows/joined-flow.ts";
import type { FlowView } from "./flow-shapes.ts";

const TCP = 6;
export const SERVER = { server: true } as const;

type IsServer = (
  end: Partial<FlowEnd>,
  service: { readonly protocol: number; readonly service: number },
) => boolean;

/** From the first moment of any of them to the last. */
export function spanOf(flows: readonly JoinedFlow[]): Span {
  const span = { start: Number.MAX_SAFE_INTEGER, end: 0 };
  for (const { start, end } of flows) {
    span.start = Math.min(span.start, start);
    span.end = Math.max(span.end, end);
  }
  return span;
}

/** Whether an end without a name is this server, as agents call it. */
export function serverAmong(ends: readonly ServerEnd[]): IsServer {
  const known = new Set(ends.map(({ address, port }) => `${address} ${port}`));
  return ({ host, segment, address }, { protocol, service }) =>
    protocol === TCP && host === undefined && segment === undefined && known.has(`${address} ${service}`);
}

export function flowView(flow: JoinedFlow, held: HeldVersions, isServer: IsServer): FlowView {
  const { protocol, service, source, destination, egress, ingress, ended: _, lasted: __, ...rest } = flow;
  const judged = (one: Judged | null) => one && { ...one, versions: held.between(one.host, flow) };
  return {
    ...rest,
    source: { ...source },
    destination: { ...destination, ...(isServer(destination, flow) && SERVER) },
    service: serviceText({ protocol, service }),
    egress: judged(egress),
    ingress: judged(ingress),
  };
}
