/** The daemon's numbers for a collector. */

import { type Metric, metricsText, type Sample } from "../control/metrics-text.ts";
import type { StatusParts } from "./host-status.ts";

const HOUR = 3_600_000;

/** What is read once for all numbers. */
interface Reading extends StatusParts {
  readonly health: ReturnType<StatusParts["watching"]["health"]>;
  readonly stored: ReturnType<StatusParts["spool"]["health"]>;
}

export interface AgentMetric extends Omit<Metric, "samples"> {
  readonly read: (reading: Reading) => readonly Sample[];
}

/** Each number that an agent gives, and where it is read. */
export const AGENT_METRICS: readonly AgentMetric[] = [
  gauge(
    "enforcing",
    "Whether the kernel holds the policy that is desired.",
    ({ keeper }) => keeper.enforcement.state === "enforcing",
  ),
  gauge(
    "policy_source_current",
    "Whether the policy's source could be read and is valid.",
    ({ keeper }) => keeper.source?.state === "current",
  ),
  gauge("watching", "Whether connections are watched.", ({ watching }) => watching.isWatching),
  counter("tamperings_total", "Changes of our table by others.", ({ keeper }) => keeper.tamperings.count),
  counter(
    "connection_events_total",
    "Beginnings and ends of connections that were read.",
    ({ health }) => health.connectionEvents,
  ),
  counter(
    "denied_packets_total",
    "Denied packets that were told one by one.",
    ({ health }) => health.deniedPackets,
  ),
  counter("overruns_total", "Times that the kernel had to drop messages.", ({ health }) => health.overruns),
  counter(
    "unattributed_connections_total",
    "Connections whose process is not known.",
    ({ health }) => health.unattributed,
  ),
  gauge("open_connections", "Connections that are open.", ({ health }) => health.open),
  gauge("spool_records", "Records that are kept.", ({ stored }) => stored.records),
  gauge("spool_bytes", "Size of what is kept on disk.", ({ stored }) => stored.bytes),
  gauge("spool_unsent_records", "Records that nobody has taken yet.", ({ stored }) => stored.unsent),
  counter("spool_lost_records_total", "Records that were dropped.", ({ stored }) => stored.lost),
  {
    name: "bulkhead_agent_losses_last_hour",
    type: "gauge",
    help: "What was not recorded in the last hour, by kind.",
    read: ({ spool, agent }) => {
      const losses = Map.groupBy(spool.losses(agent.now() - HOUR), ({ what }) => what);
      return [...losses].map(([what, some]) => ({
        labels: { what },
        value: some.reduce((sum, { count }) => sum + (count ?? 1), 0),
      }));
    },
  },
];

export function metrics(parts: StatusParts): string {
  const reading = { ...parts, health: parts.watching.health(), stored: parts.spool.health() };
  return metricsText(AGENT_METRICS.map(({ read, ...metric }) => ({ ...metric, samples: read(reading) })));
}

function gauge(name: string, help: string, value: (reading: Reading) => number | boolean): AgentMetric {
  return {
    name: `bulkhead_agent_${name}`,
    type: "gauge",
    help,
    read: (reading) => [{ value: Number(value(reading)) }],
  };
}

function counter(name: string, help: string, value: (reading: Reading) => number): AgentMetric {
  return {
    name: `bulkhead_agent_${name}`,
    type: "counter",
    help,
    read: (reading) => [{ value: value(reading) }],
  };
}
