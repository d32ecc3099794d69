/** What can be asked of the daemon over its socket. */

import { hostname } from "node:os";
import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { suggest } from "@bulkhead/shared/flow/suggest.ts";
import type { Suggestion } from "@bulkhead/shared/flow/suggestion.ts";
import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { parseQuestion } from "../control/flow-question.ts";
import { flowRoutes } from "../control/flow-routes.ts";
import { METRICS_TYPE } from "../control/metrics-text.ts";
import type { Route } from "../control/route.ts";
import { flowFilter } from "../report/flow-filter.ts";
import type { FlowFeed } from "./flow-feed.ts";
import { daemonStatus, type StatusParts } from "./host-status.ts";
import { metrics } from "./metrics.ts";

export interface RouteParts extends StatusParts {
  readonly feed: FlowFeed;
  /** Looks at everything again. */
  readonly reload: () => void;
}

export function routes(parts: RouteParts): readonly Route[] {
  const { spool, feed, reload } = parts;
  return [
    {
      method: "GET",
      path: "/v1/status",
      handler: async () => ({ kind: "json", body: await daemonStatus(parts) }),
    },
    ...flowRoutes({
      find: (question) => spool.find(question),
      losses: (since) => spool.losses(since),
      follow: (question, tell) => {
        const isAskedFor = flowFilter(question);
        return feed.subscribe((records) => tell(records.filter(isAskedFor)));
      },
    }),
    {
      method: "GET",
      path: "/v1/suggestion",
      handler: ({ query }) => ({ kind: "json", body: suggestion(query, parts) }),
    },
    {
      method: "POST",
      path: "/v1/reload",
      handler: () => {
        reload();
        return { kind: "json", body: { reloading: true } };
      },
    },
    metricsRoute(parts),
  ];
}

function suggestion(query: URLSearchParams, { spool, keeper }: RouteParts): Suggestion {
  const { policy } = keeper.desired ?? keeper.generation ?? {};
  const host = policy?.host ?? hostname();
  const subject = { host, addresses: policy?.addresses ?? [], segment: keeper.desired?.segment };
  const records = spool.find(parseQuestion(query)).filter((record) => !isToServer(record, policy));
  const { text, connections, rules, leftOut } = suggest(records, subject);
  return { text, connections, rules, leftOut };
}

/** The agent's own connection, which is never judged and needs no rule. */
function isToServer(
  { direction, remote, protocol, service }: FlowRecord,
  policy: HostPolicy | undefined,
): boolean {
  const ends = direction === "egress" && protocol === PROTOCOLS.tcp ? (policy?.server ?? []) : [];
  return ends.some(({ address, port }) => address === remote.address && port === service);
}

export function metricsRoute(parts: StatusParts): Route {
  return {
    method: "GET",
    path: "/metrics",
    handler: () => ({ kind: "text", text: metrics(parts), type: METRICS_TYPE }),
  };
}
