/** What is measured of alerts, for Prometheus. */

import { SEVERITIES } from "../alerts/alert-kinds.ts";
import type { AlertCounts } from "../alerts/alerts.ts";
import type { Measure } from "../http/metrics.ts";

export function alertMeasures(counts: () => AlertCounts): readonly Measure[] {
  return [
    {
      name: "bulkhead_server_alerts_open",
      type: "gauge",
      help: "Alerts that are open, by severity, and whether somebody has acknowledged them.",
      labels: ["severity", "acknowledged"],
      read: () => {
        const { open } = counts();
        return SEVERITIES.flatMap((severity) =>
          [true, false].map((acknowledged) => ({
            labels: { severity, acknowledged: String(acknowledged) },
            value: open.filter(
              (alert) => alert.severity === severity && (alert.acknowledged !== undefined) === acknowledged,
            ).length,
          })),
        );
      },
    },
    {
      name: "bulkhead_server_alerts_opened_total",
      type: "counter",
      help: "Alerts that were opened, by kind.",
      labels: ["kind"],
      read: () => [...counts().opened].map(([kind, value]) => ({ labels: { kind }, value })),
    },
    {
      name: "bulkhead_server_alerts_suppressed_total",
      type: "counter",
      help: "Findings that were told in the summary of a storm and not one by one.",
      read: () => [{ value: counts().suppressed }],
    },
    {
      name: "bulkhead_server_alert_memory_dropped_total",
      type: "counter",
      help: "What detectors had to forget before its time, as they remember so much at most.",
      read: () => [{ value: counts().forgotten }],
    },
  ];
}
