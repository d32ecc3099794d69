/**
 * What was never seen before: segments that talk to each other, services of a segment, and outside peers that a service calls (which beacons are looked for among).
 *
 * Everything is new at first, so nothing is told for the first seven days (a week has seen its weekday's jobs), nor about a segment that is itself younger than a day, nor, of
 * pairs that a rule allows, within a day of a policy being made active: that is what the policy was changed for.
 */

import type { MemoryStore } from "../../store/alerts/memory-store.ts";
import type { ReportedRecord } from "../../store/flows/identities.ts";
import type { Finding } from "../alert-kinds.ts";
import { neighbourhood } from "./places.ts";
import { endsOf, type Sighted } from "./sighted.ts";
import { Sightings } from "./sightings.ts";

const DAY = 24 * 3_600_000;
export const LEARNING = 7 * DAY;
/** How long an outside peer counts as new. */
const NEW_PEER = 2 * DAY;
const MOST = { pairs: 20_000, units: 20_000, peers: 100_000 } as const;
/** New things that one host may tell of in a day: whoever has its key can make up any number. */
const MOST_OF_A_HOST = 500;
/** The built-in segment of all hosts says nothing about anybody. */
const EVERYBODY = "any-host";

interface Kept {
  readonly began: number;
  readonly policyAt: number;
}

export class FirstSeen {
  readonly #store: MemoryStore;
  readonly #now: () => number;
  readonly #pairs: Sightings;
  readonly #units: Sightings;
  readonly #segments: Sightings;
  readonly #peers: Sightings;
  readonly #ofHosts = new Map<string, number>();
  #kept: Kept;
  #day = Number.NaN;
  #unheard = 0;

  constructor(store: MemoryStore, now: () => number) {
    this.#store = store;
    this.#now = now;
    this.#pairs = new Sightings(store, "pair", MOST.pairs);
    this.#units = new Sightings(store, "unit", MOST.units);
    this.#segments = new Sightings(store, "segment", MOST.units);
    this.#peers = new Sightings(store, "peer", MOST.peers);
    this.#kept = (store.state("first-seen") as Kept | undefined) ?? { began: now(), policyAt: 0 };
    store.setState("first-seen", this.#kept);
  }

  /** New things that were not looked at, as their host told of too many. */
  get unheard(): number {
    return this.#unheard;
  }

  /** What is known of the estate begins now: there is nothing to compare with yet. */
  get isLearning(): boolean {
    return this.#now() - this.#kept.began < LEARNING;
  }

  /** A policy was made active. */
  policyChanged(): void {
    this.#kept = { ...this.#kept, policyAt: this.#now() };
    this.#store.setState("first-seen", this.#kept);
  }

  look(seen: Sighted): readonly Finding[] {
    const segment = segmentName(seen.segment);
    if (segment !== undefined) this.#segments.see(segment, this.#now());
    return seen.records.flatMap((record) => [
      ...this.#pair(record, seen),
      ...this.#unit(record, seen, segment),
    ]);
  }

  /** Whether a service of the host's segment calls this peer for less than two days. */
  isNewPeer(record: ReportedRecord, { host, segment }: Pick<Sighted, "host" | "segment">): boolean {
    const { local, remote, protocol, service } = record;
    const what = [
      segmentName(segment) ?? host,
      local.unit === undefined ? "" : unitFamily(local.unit),
      neighbourhood(remote.address),
      `${protocol}/${service}`,
    ].join(" ");
    const first = this.#see(this.#peers, what, host);
    if (first === undefined || this.isLearning) return false;
    return first > this.#kept.began + LEARNING && this.#now() - first < NEW_PEER;
  }

  flush(): void {
    for (const list of [this.#pairs, this.#units, this.#segments, this.#peers]) list.flush();
  }

  #pair(record: ReportedRecord, seen: Sighted): readonly Finding[] {
    if (record.verdict === "deny") return [];
    const ends = endsOf(record, seen);
    const [from, to] = [segmentName(ends.sourceSegment), segmentName(ends.destinationSegment)];
    if (from === undefined || to === undefined) return [];
    const isAllowed = record.verdict === "allow" && record.rule !== null;
    const wasKnown = this.#pairs.knows(`${from} > ${to}`);
    const first = this.#see(this.#pairs, `${from} > ${to}`, seen.host);
    if (wasKnown || first === undefined || !this.#isTold([from, to])) return [];
    if (isAllowed && this.#now() - this.#kept.policyAt < DAY) return [];
    const by = record.rule === null ? "by no rule" : `by the rule ${record.rule.name}`;
    return [
      {
        kind: "new-pair",
        about: `${from} > ${to}`,
        words: `${ends.sourceHost ?? ends.source} (${from}) talked to ${ends.destinationHost ?? ends.destination} (${to}), ${record.verdict} ${by}; these segments never did before`,
        facts: { from, to, ...ends, verdict: record.verdict, rule: record.rule, reportedBy: seen.host },
      },
    ];
  }

  #unit(
    { local, direction }: ReportedRecord,
    seen: Sighted,
    segment: string | undefined,
  ): readonly Finding[] {
    if (local.unit === undefined || segment === undefined) return [];
    const unit = unitFamily(local.unit);
    const wasKnown = this.#units.knows(`${segment} ${unit}`);
    const first = this.#see(this.#units, `${segment} ${unit}`, seen.host);
    if (wasKnown || first === undefined || !this.#isTold([segment])) return [];
    return [
      {
        kind: "new-unit",
        about: `${segment} ${unit}`,
        words: `${local.unit} of ${seen.host} ${direction === "egress" ? "called somebody" : "was called"}; no host of ${segment} had it before`,
        facts: { unit: local.unit, segment, host: seen.host, executable: local.executable ?? null },
      },
    ];
  }

  #isTold(segments: readonly string[]): boolean {
    if (this.isLearning) return false;
    const now = this.#now();
    // Of the other end's segment nothing may have been heard yet.
    return segments.every((segment) => now - this.#segments.see(segment, now) >= DAY);
  }

  /** Undefined where the host has told of too many new things today. */
  #see(list: Sightings, what: string, host: string): number | undefined {
    const now = this.#now();
    if (list.knows(what)) return list.see(what, now);
    const day = Math.floor(now / DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#ofHosts.clear();
    }
    const told = this.#ofHosts.get(host) ?? 0;
    if (told >= MOST_OF_A_HOST && !this.isLearning) {
      this.#unheard += 1;
      return undefined;
    }
    this.#ofHosts.set(host, told + 1);
    return list.see(what, now);
  }
}

function segmentName(segment: string | undefined): string | undefined {
  return segment === EVERYBODY ? undefined : segment;
}

/** Units of which each run or container has a name of its own are one: `docker-4f2a….scope`, `session-12.scope`, `user@1000.service`. */
export function unitFamily(unit: string): string {
  return unit.replace(/[0-9a-f]{12,}|\d+/gi, "*").slice(0, 200);
}
