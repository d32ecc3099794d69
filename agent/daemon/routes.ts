/** What can be asked of the daemon over its socket. */

import { hostname } from "node:os";
import { suggest } from "@bulkhead/shared/flow/suggest.ts";
import type { Suggestion } from "@bulkhead/shared/flow/suggestion.ts";
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
  const { text, connections, rules, leftOut } = suggest(spool.find(parseQuestion(query)), subject);
  return { text, connections, rules, leftOut };
}

export function metricsRoute(parts: StatusParts): Route {
  return {
    method: "GET",
    path: "/metrics",
    handler: () => ({ kind: "text", text: metrics(parts), type: METRICS_TYPE }),
  };
}
