/** What was seen and no rule allows, added up by who talked to whom over what; and what of it is too odd to make a rule of. */

import type { Direction } from "../policy/policy.ts";
import { neverJudged } from "../rules/never-judged.ts";
import { type FlowRecord, OTHERS } from "./record.ts";
import { serviceExpression } from "./suggested-service.ts";

/** All of one direction, peer and service. */
export interface Observed {
  readonly direction: Direction;
  /** Canonical text. */
  readonly address: string;
  readonly host: string | undefined;
  readonly segment: string | undefined;
  readonly service: string;
  /** In order. */
  readonly units: readonly string[];
  readonly connections: number;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly last: number;
}

export interface LeftOut {
  readonly observed: Observed;
  readonly why: string;
}

/** A peer that tried so many services a few times each was looking for something. */
const SCAN_SERVICES = 8;
const SCAN_CONNECTIONS = 3;

/** Those that a policy should allow, and those that somebody should look at first. */
export function sortOut(records: readonly FlowRecord[]): {
  readonly wanted: readonly Observed[];
  readonly leftOut: readonly LeftOut[];
} {
  const all = addUp(records.filter(isUnspoken));
  const scanners = scannersAmong(all);
  const wanted: Observed[] = [];
  const leftOut: LeftOut[] = [];
  for (const observed of all) {
    const why = whyOdd(observed, scanners);
    if (why === undefined) wanted.push(observed);
    else leftOut.push({ observed, why });
  }
  return { wanted, leftOut };
}

/** No rule spoke for it, and one would have to. */
function isUnspoken(record: FlowRecord): boolean {
  const { verdict, rule, direction, protocol, service: number } = record;
  if (verdict === "deny" || (verdict === "allow" && rule !== null)) return false;
  // A deny rule that is only observed is meant: suggesting an allow would not help, as a deny wins.
  if (verdict === "would-deny" && rule !== null) return false;
  return neverJudged({ direction, protocol, number, sourcePort: undefined }) === undefined;
}

interface Sums {
  readonly units: Set<string>;
  connections: number;
  last: number;
}

function addUp(records: readonly FlowRecord[]): readonly Observed[] {
  const found = new Map<string, Omit<Observed, "units"> & Sums>();
  for (const record of records) {
    const { direction, remote, local, connections, end } = record;
    const service = serviceExpression(record);
    const known = found.getOrInsertComputed(`${direction} ${remote.address} ${service}`, () => ({
      direction,
      address: remote.address,
      host: remote.host,
      // Built in, and so wide that a rule about it says nothing.
      segment: remote.segment === "any-host" ? undefined : remote.segment,
      service,
      units: new Set<string>(),
      connections: 0,
      last: 0,
    }));
    if (local.unit !== undefined) known.units.add(local.unit);
    known.connections += connections;
    known.last = Math.max(known.last, end);
  }
  // In one order, whatever the order of the records.
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, observed]) => ({ ...observed, units: [...observed.units].sort() }));
}

function scannersAmong(all: readonly Observed[]): ReadonlySet<string> {
  const strangers = all.filter(({ segment, direction }) => segment === undefined && direction === "ingress");
  const byAddress = Map.groupBy(strangers, ({ address }) => address);
  const isScan = (tried: readonly Observed[]) =>
    tried.length >= SCAN_SERVICES && tried.every(({ connections }) => connections <= SCAN_CONNECTIONS);
  return new Set([...byAddress].filter(([, tried]) => isScan(tried)).map(([address]) => address));
}

const PORT_0 = /^(?:tcp|udp|sctp)\/0$/;

function whyOdd(observed: Observed, scanners: ReadonlySet<string>): string | undefined {
  const { address, segment, connections, service } = observed;
  if (PORT_0.test(service)) return "no service has the port 0";
  if (address === OTHERS) return "more peers than are told apart";
  if (scanners.has(address)) return "it tried many services, as a scan does";
  // From before the daemon started: it lives, so somebody needs it.
  if (connections === 1 && segment === undefined) return "seen once";
  return undefined;
}
