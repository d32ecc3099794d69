/** Whether a flow is one of those that were asked for: the meaning of a `FlowFilter`, whatever the store looks at to find it. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseRange, rangeContains } from "@bulkhead/shared/net/range.ts";
import { parseServiceExpression, type Service, serviceHas } from "@bulkhead/shared/net/service.ts";
import type { FlowEnd, FlowFilter, JoinedFlow } from "./joined-flow.ts";

/** Its time is not looked at. Throws `server/invalid-request` for a service that is none. */
export function flowFilter(filter: FlowFilter): (flow: JoinedFlow) => boolean {
  const { segment, host, verdicts } = filter;
  const isFrom = endFilter(filter.from);
  const isTo = endFilter(filter.to);
  const isPeer = endFilter(filter.peer);
  const isUnit = unitFilter(filter.unit);
  const service = serviceOf(filter.service);
  return (flow) => {
    const { source, destination, protocol, verdict, egress, ingress, unconfirmed } = flow;
    const hosts = [source.host, destination.host, egress?.host, ingress?.host];
    return (
      isFrom(source) &&
      isTo(destination) &&
      (isPeer(source) || isPeer(destination)) &&
      (segment === undefined || source.segment === segment || destination.segment === segment) &&
      (host === undefined || hosts.includes(host)) &&
      (isUnit(source.unit) || isUnit(destination.unit)) &&
      serviceHas(service, protocol, flow.service) &&
      (verdicts === undefined || verdicts.includes(verdict)) &&
      (filter.unconfirmed !== true || unconfirmed)
    );
  };
}

/** Throws `server/invalid-request`. */
export function serviceOf(text: string | undefined): Service {
  const service = parseServiceExpression(text ?? "all");
  if (typeof service === "object" && "problem" in service)
    throw new BulkheadError("server/invalid-request", service.problem);
  return service;
}

function endFilter(asked: string | undefined): (end: FlowEnd) => boolean {
  if (asked === undefined) return () => true;
  const range = parseRange(asked);
  if ("problem" in range) return ({ host, segment }) => host === asked || segment === asked;
  return (end) => {
    const address = parseAddress(end.address);
    return address !== undefined && rangeContains(range, address);
  };
}

function unitFilter(asked: string | undefined): (unit: string | undefined) => boolean {
  if (asked === undefined) return () => true;
  return (unit) => unit === asked || unit === `${asked}.service`;
}
