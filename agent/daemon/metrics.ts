/** The daemon's numbers for a collector. */

import { type Metric, metricsText } from "../control/metrics-text.ts";
import type { StatusParts } from "./host-status.ts";

const HOUR = 3_600_000;

export function metrics({ keeper, watching, spool, agent }: StatusParts): string {
  const health = watching.health();
  const stored = spool.health();
  const losses = Map.groupBy(spool.losses(agent.now() - HOUR), ({ what }) => what);
  const isCurrent = keeper.source?.state === "current";
  return metricsText([
    gauge(
      "enforcing",
      "Whether the kernel holds the policy that is desired.",
      keeper.enforcement.state === "enforcing",
    ),
    gauge("policy_source_current", "Whether the policy's source could be read and is valid.", isCurrent),
    gauge("watching", "Whether connections are watched.", watching.isWatching),
    counter("tamperings_total", "Changes of our table by others.", keeper.tamperings.count),
    counter(
      "connection_events_total",
      "Beginnings and ends of connections that were read.",
      health.connectionEvents,
    ),
    counter("denied_packets_total", "Denied packets that were told one by one.", health.deniedPackets),
    counter("overruns_total", "Times that the kernel had to drop messages.", health.overruns),
    counter("unattributed_connections_total", "Connections whose process is not known.", health.unattributed),
    gauge("open_connections", "Connections that are open.", health.open),
    gauge("spool_records", "Records that are kept.", stored.records),
    gauge("spool_bytes", "Size of what is kept on disk.", stored.bytes),
    gauge("spool_unsent_records", "Records that nobody has taken yet.", stored.unsent),
    counter("spool_lost_records_total", "Records that were dropped.", stored.lost),
    {
      name: "bulkhead_agent_losses_last_hour",
      type: "gauge",
      help: "What was not recorded in the last hour, by kind.",
      samples: [...losses].map(([what, some]) => ({
        labels: { what },
        value: some.reduce((sum, { count }) => sum + (count ?? 1), 0),
      })),
    },
  ]);
}

function gauge(name: string, help: string, value: number | boolean): Metric {
  return { name: `bulkhead_agent_${name}`, type: "gauge", help, samples: [{ value: Number(value) }] };
}

function counter(name: string, help: string, value: number): Metric {
  return { name: `bulkhead_agent_${name}`, type: "counter", help, samples: [{ value }] };
}
