import { expect, test } from "vitest";
import { metricsText } from "./metrics-text.ts";

test("metrics stand as Prometheus reads them", () => {
  const text = metricsText([
    {
      name: "bulkhead_agent_connections_total",
      type: "counter",
      help: "Connections that were seen.",
      samples: [
        { labels: { direction: "ingress", verdict: "deny" }, value: 3 },
        { labels: { direction: "egress", verdict: "allow" }, value: 1e21 },
      ],
    },
    {
      name: "bulkhead_agent_spool_bytes",
      type: "gauge",
      help: "Size\nof the \\ spool.",
      samples: [{ labels: { odd: 'a"b\\c\nd' }, value: Number.POSITIVE_INFINITY }, { value: 0.5 }],
    },
  ]);
  expect(text).toBe(`# HELP bulkhead_agent_connections_total Connections that were seen.
# TYPE bulkhead_agent_connections_total counter
bulkhead_agent_connections_total{direction="ingress",verdict="deny"} 3
bulkhead_agent_connections_total{direction="egress",verdict="allow"} 1e+21
# HELP bulkhead_agent_spool_bytes Size\\nof the \\\\ spool.
# TYPE bulkhead_agent_spool_bytes gauge
bulkhead_agent_spool_bytes{odd="a\\"b\\\\c\\nd"} +Inf
bulkhead_agent_spool_bytes 0.5
`);
});
