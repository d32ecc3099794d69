/**
 * Sources that try what they may not: many services of one host (a port scan), or many hosts (a fan-out).
 *
 * What each threshold rests on: something that is set up wrongly tries one or two services of one or two hosts, over and over; what looks for a way in tries what it does
 * not know. Ports from 32768 on count by the hundred only: an answer that comes when its connection is forgotten (DNS after 30 seconds) looks like an attempt on the
 * client's own port, a different one each time.
 */

import { serviceExpression } from "@bulkhead/shared/flow/suggested-service.ts";
import type { ReportedRecord } from "../../store/flows/identities.ts";
import type { Finding } from "../alert-kinds.ts";
import { RecentMap } from "../recent-map.ts";
import { Halves } from "./halves.ts";
import { placeOf } from "./places.ts";
import { type Ends, endsOf, type Sighted } from "./sighted.ts";

const HALF = 5 * 60_000;
/** Within 5 to 10 minutes. */
export const SCAN_SERVICES = 15;
export const SCAN_HIGH_PORTS = 100;
export const FAN_OUT_PEERS = 20;
const EPHEMERAL = 32_768;
/** Sources and pairs that are watched at a time; those within and those outside apart, so that the internet's noise does not push out what is our own. */
const MOST = 2_000;
/** Milliseconds between two words about the same. */
const TELL = 60_000;

interface Watched {
  readonly services: Halves;
  readonly highPorts: Halves;
  readonly told: Told;
}

interface Told {
  at: number;
  /** Attempts since. */
  attempts: number;
}

interface Place {
  /** `SOURCE DESTINATION`. */
  readonly pairs: RecentMap<Watched>;
  readonly sources: RecentMap<{
    readonly peers: Halves;
    readonly services: Set<string>;
    readonly told: Told;
  }>;
}

export class DeniedBursts {
  readonly #within = emptyPlace();
  readonly #outside = emptyPlace();

  /** Entries that had to go for others. */
  get dropped(): number {
    const places = [this.#within, this.#outside];
    return places.reduce((sum, { pairs, sources }) => sum + pairs.dropped + sources.dropped, 0);
  }

  look(seen: Sighted): readonly Finding[] {
    return seen.records
      .filter(({ verdict, connections }) => verdict !== "allow" && connections > 0)
      .flatMap((record) => this.#one(record, seen));
  }

  #one(record: ReportedRecord, seen: Sighted): readonly Finding[] {
    const ends = endsOf(record, seen);
    const isOurs = ends.sourceHost !== undefined || placeOf(ends.source) === "within";
    if (placeOf(ends.source) === undefined || placeOf(ends.destination) === undefined) return [];
    const place = isOurs ? this.#within : this.#outside;
    // While a segment is only observed, whatever its policy does not say yet would be denied: a monitoring server reaches everybody, and is none.
    const isMeant = record.verdict === "deny" || record.rule !== null;
    return [
      ...scans(place, record, ends, isOurs),
      ...(isOurs && isMeant ? fansOut(place, record, ends) : []),
    ];
  }
}

function emptyPlace(): Place {
  return { pairs: new RecentMap(MOST), sources: new RecentMap(MOST) };
}

function scans(place: Place, record: ReportedRecord, ends: Ends, isOurs: boolean): readonly Finding[] {
  const { source, destination, destinationHost } = ends;
  const { services, highPorts, told } = place.pairs.get(`${source} ${destination}`, () => ({
    services: new Halves(HALF, 4 * SCAN_SERVICES),
    highPorts: new Halves(HALF, SCAN_HIGH_PORTS),
    told: { at: Number.NEGATIVE_INFINITY, attempts: 0 },
  }));
  const { protocol, service, bucket, connections } = record;
  const isHigh = (protocol === 6 || protocol === 17) && service >= EPHEMERAL;
  (isHigh ? highPorts : services).add(protocol * 65_536 + service, bucket);
  told.attempts += connections;
  const tried = services.size + (highPorts.size >= SCAN_HIGH_PORTS ? highPorts.size : 0);
  if (tried < SCAN_SERVICES || !mayTell(told, bucket)) return [];
  const target = destinationHost ?? destination;
  const examples = [...services.some(10), ...highPorts.some(5)].map(serviceName).slice(0, 10);
  const common = {
    facts: { ...ends, services: tried, examples, record: bucket },
    times: attemptsOf(told),
  };
  return [
    isOurs
      ? {
          kind: "port-scan",
          about: source,
          words: `${nameOf(ends.sourceHost, source)} tried ${tried} services of ${target} in ten minutes, all denied (${examples.join(", ")}, …)`,
          ...common,
        }
      : {
          kind: "scanned-from-outside",
          about: target,
          words: `${source} tried ${tried} services of ${target} in ten minutes, all denied`,
          ...common,
        },
  ];
}

function fansOut(place: Place, record: ReportedRecord, ends: Ends): readonly Finding[] {
  const { source, sourceHost, destination } = ends;
  const { peers, services, told } = place.sources.get(source, () => ({
    peers: new Halves(HALF, 4 * FAN_OUT_PEERS),
    services: new Set<string>(),
    told: { at: Number.NEGATIVE_INFINITY, attempts: 0 },
  }));
  const { bucket, connections } = record;
  peers.add(destination, bucket);
  if (services.size < 10) services.add(serviceExpression(record));
  told.attempts += connections;
  const tried = peers.size;
  if (tried < FAN_OUT_PEERS || !mayTell(told, bucket)) return [];
  const examples = peers.some(10);
  const about = [...services].join(", ");
  services.clear();
  return [
    {
      kind: "fan-out",
      about: source,
      words: `${nameOf(sourceHost, source)} tried ${tried} peers in ten minutes, all denied (${about})`,
      facts: { source, sourceHost, peers: tried, services: about, examples, record: bucket },
      times: attemptsOf(told),
    },
  ];
}

function mayTell(told: Told, moment: number): boolean {
  if (Math.abs(moment - told.at) < TELL) return false;
  told.at = moment;
  return true;
}

function attemptsOf(told: Told): number {
  const { attempts } = told;
  told.attempts = 0;
  return attempts;
}

function nameOf(host: string | undefined, address: string): string {
  return host === undefined ? address : `${host} (${address})`;
}

function serviceName(number: number | string): string {
  const [protocol, service] = [Math.floor(Number(number) / 65_536), Number(number) % 65_536];
  return serviceExpression({ protocol, service });
}
