/** What either end said of a flow, as numbers, and how it becomes a flow. */

import type { Database } from "../database.ts";
import { FlowReader } from "./flow-reader.ts";
import { keyTexts } from "./flow-search.ts";
import type { FlowSums } from "./flow-sums.ts";
import { DIRECTIONS, type Half, VERDICTS } from "./half.ts";
import type { JoinedFlow } from "./joined-flow.ts";
import { joinedFlow } from "./joining.ts";
import { paired } from "./pairing.ts";

/** By their numbers in the store. */
export type Facts = readonly [
  flow: number,
  source: number,
  destination: number,
  service: number,
  direction: number,
  verdict: number,
  sourceParty: number,
  destinationParty: number,
  rule: number,
];

/** Equal for those of which everything is equal but counts, times and addresses of one class. Undefined where these are, or may be, more flows than one. */
export function groupOf(rows: readonly Facts[], classOf: (address: number) => number): string | undefined {
  const [first, second] = rows;
  if (first === undefined || rows.length > 2) return undefined;
  if (second !== undefined && !isOfBothEnds(first, second)) return undefined;
  const [, source, destination, service] = first;
  const said = second === undefined ? wordOf(first) : `${wordOf(first)}/${wordOf(second)}`;
  return `${classOf(source)} ${classOf(destination)} ${service} ${said}`;
}

/** Of rows that are one flow: by the end that saw more. */
export function connectionsOf(rows: readonly Facts[], sums: FlowSums): number {
  const most = rows.reduce((so, [flow]) => Math.max(so, sums.connectionsOf(flow)), 0);
  return Math.min(most, Number.MAX_SAFE_INTEGER);
}

/** In the order of the store, so the ingress comes first; what the source denied never came to the other end. */
function isOfBothEnds(ingress: Facts, egress: Facts): boolean {
  return (
    DIRECTIONS[ingress[4]] === "ingress" &&
    DIRECTIONS[egress[4]] === "egress" &&
    VERDICTS[egress[5]] !== "deny"
  );
}

function wordOf([, , , , direction, verdict, source, destination, rule]: Facts): string {
  return `${direction} ${verdict} ${source} ${destination} ${rule}`;
}

/** Reads numbers as what they stand for, each once. */
export class Joining {
  readonly #reader: FlowReader;
  readonly #sums: FlowSums;
  readonly #managed: ReadonlySet<string>;

  constructor(database: Database, sums: FlowSums) {
    this.#sums = sums;
    this.#reader = new FlowReader(database);
    const own = database.prepare("SELECT address FROM own").pluck().all() as number[];
    this.#managed = new Set(own.map((id) => this.addressOf(id)));
  }

  addressOf(id: number): string {
    return this.#reader.names.address(id);
  }

  /** @param rows of one source, destination and service. */
  of(rows: readonly Facts[]): readonly { readonly flow: JoinedFlow; readonly halves: readonly Half[] }[] {
    const [first] = rows;
    if (first === undefined) return [];
    const [, source, destination, service] = first;
    const key = keyTexts(this.#reader, { source, destination, service });
    return paired(rows.map((row) => this.#half(row))).map((pair) => ({
      flow: joinedFlow(key, pair, (address) => this.#managed.has(address)),
      halves: [pair.egress, pair.ingress].filter((half) => half !== undefined),
    }));
  }

  #half([id, , , , direction, verdict, source, destination, rule]: Facts): Half {
    const { names } = this.#reader;
    const { start, end, connections, packets, bytes } = this.#sums.of(id);
    return {
      ...{ id, start, end, connections, packets, bytes, ended: 0, lasted: 0 },
      direction: DIRECTIONS[direction] ?? "ingress",
      verdict: VERDICTS[verdict] ?? "deny",
      source: names.party(source),
      destination: names.party(destination),
      rule: names.rule(rule),
    };
  }
}
