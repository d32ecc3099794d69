/** What the server measures of its estate, for Prometheus. Read when somebody asks; labels are states, never names. */

import type { Measure } from "../http/metrics.ts";
import type { Estate } from "../policy/estate.ts";
import type { Versions } from "../policy/versions.ts";
import type { FlowStore } from "../store/flows/flow-store.ts";
import type { FlowCounts } from "./flows.ts";

export interface Measured {
  readonly estate: Estate;
  readonly versions: Versions;
  readonly store: FlowStore;
  /** As they are now. */
  readonly counts: () => FlowCounts;
}

export function measuresOf({ estate, versions, store, counts }: Measured): readonly Measure[] {
  const one = (value: number) => [{ value }];
  return [
    {
      name: "bulkhead_server_hosts",
      type: "gauge",
      help: "Hosts that have joined, by whether they enforce what they should.",
      labels: ["state"],
      read: () => {
        const states = Map.groupBy(estate.hosts(), (host) => estate.sync(host).state);
        return [...states].map(([state, hosts]) => ({ labels: { state }, value: hosts.length }));
      },
    },
    {
      name: "bulkhead_server_connected_agents",
      type: "gauge",
      help: "Agents that are connected.",
      read: () => one(estate.hosts().filter(({ name }) => estate.isConnected(name)).length),
    },
    {
      name: "bulkhead_server_policy_version",
      type: "gauge",
      help: "Number of the version that is active; 0 before the first.",
      read: () => one(versions.activations()[0]?.policy ?? 0),
    },
    {
      name: "bulkhead_server_reports_total",
      type: "counter",
      help: "Hosts' reports, by what became of them.",
      labels: ["outcome"],
      read: () =>
        Object.entries(counts().reports).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: "bulkhead_server_flow_records_total",
      type: "counter",
      help: "Records that were taken from hosts' reports.",
      read: () => one(counts().taken),
    },
    {
      name: "bulkhead_server_flow_records_refused_total",
      type: "counter",
      help: "Records that were left out as no host may report them, or as they were beyond the quota.",
      read: () => one(counts().refused),
    },
    {
      name: "bulkhead_server_flow_store_bytes",
      type: "gauge",
      help: "Size of the recorded flows on disk.",
      read: () => one(store.size().fileBytes),
    },
  ];
}
