import type { Service } from "../net/service.ts";
import { NEVER_JUDGED } from "./never-judged.ts";
import type { Situation } from "./situation.ts";
import { partition, Spans } from "./spans.ts";

const NEVER = Object.values<Service>(NEVER_JUDGED).map((service) => Spans.of(service));

/** Whether these services are a single one, in which nothing begins or ends. */
export function isOne({ spans: [only, ...more] }: Spans): boolean {
  return only !== undefined && more.length === 0 && only.low === only.high;
}

/** Cuts services into parts of each of which all flows in this situation get one answer. */
export function piecesOf(asked: Spans, { egress, ingress }: Situation): readonly Spans[] {
  if (isOne(asked)) return [asked];
  const rules = [...(egress?.rules ?? []), ...(ingress?.rules ?? [])];
  const services = new Set(rules.map(({ service }) => service));
  const sets = [...NEVER, ...Array.from(services, (service) => Spans.of(service))];
  return partition(asked, sets).map((part) => part.services);
}
