/** Every number that is given to Prometheus. */

import type { AgentMetric } from "@bulkhead/agent/daemon/metrics.ts";
import { code, page, table } from "./page.ts";

/** @param server what a server answers at /metrics. */
export function metricsPage(agent: readonly AgentMetric[], server: string): string {
  return page(
    "Metrics",
    "Base units; names end with `_total` where they only grow. Labels are few and bounded: never addresses, hosts, processes or people.",
    "## Of an agent",
    "On the daemon's socket and, with `--metrics-port`, at `http://127.0.0.1:PORT/metrics`.",
    table(
      ["name", "type", "what it says"],
      agent.map(({ name, type, help }) => [code(name), type, help]),
    ),
    "## Of the server",
    "At `https://SERVER:8443/metrics`, for a viewer's API token.",
    table(["name", "type", "what it says"], told(server)),
  );
}

/** The HELP and TYPE lines of the text format; Node's own numbers (of prom-client) are none of ours. */
function told(text: string): readonly (readonly string[])[] {
  const types = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
  );
  return [...text.matchAll(/^# HELP (bulkhead_\S+) (.*)$/gm)].map(([, name = "", help = ""]) => [
    code(name),
    types.get(name) ?? "",
    help,
  ]);
}
