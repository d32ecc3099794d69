/** Metrics of the API and of whatever else the server measures, for Prometheus. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** A number that is read when somebody asks for the metrics. */
export interface Measure {
  /** `bulkhead_server_…`, in base units; a counter ends with `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels?: readonly string[];
  /** Labels are few and bounded: never addresses, names of hosts or of people. */
  readonly read: () => readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

export interface Answered {
  readonly method: string;
  /** As declared, `/api/v1/hosts/:name`, never as asked for. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface Metrics {
  readonly mediaType: string;
  count(answered: Answered): void;
  text(): Promise<string>;
}

const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

export function metricsOf(measures: readonly Measure[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "bulkhead_server_api_requests_total",
    help: "Requests that were answered, by route and status.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const durations = new Histogram({
    name: "bulkhead_server_api_request_duration_seconds",
    help: "From a request's headers to the end of its answer.",
    labelNames: ["method", "route"],
    buckets: SECONDS,
    registers,
  });
  for (const measure of measures) addMeasure(measure, registry);
  return {
    mediaType: registry.contentType,
    count: ({ method, route, status, seconds }) => {
      requests.inc({ method, route, status: String(status) });
      durations.observe({ method, route }, seconds);
    },
    text: () => registry.metrics(),
  };
}

function addMeasure({ name, type, help, labels = [], read }: Measure, registry: Registry): void {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === "gauge")
    new Gauge({
      ...options,
      collect() {
        this.reset();
        for (const sample of read()) this.set(sample.labels ?? {}, sample.value);
      },
    });
  else
    new Counter({
      ...options,
      collect() {
        this.reset();
        for (const sample of read()) this.inc(sample.labels ?? {}, sample.value);
      },
    });
}
