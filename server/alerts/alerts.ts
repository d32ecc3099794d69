/** Everything that alarms somebody: what hosts report and what happens comes by here, the estate is looked at every few seconds, and what is found goes to the ledger. */

import type { StoredAlert } from "../store/alerts/alert-store.ts";
import type { MemoryStore } from "../store/alerts/memory-store.ts";
import { isFull } from "../store/database.ts";
import type { Finding } from "./alert-kinds.ts";
import { Conditions, type Picture } from "./conditions.ts";
import { Beacons } from "./detectors/beacons.ts";
import { DeniedBursts } from "./detectors/denied-bursts.ts";
import { FirstSeen } from "./detectors/first-seen.ts";
import { lostRecords } from "./detectors/lost-records.ts";
import type { Sighted } from "./detectors/sighted.ts";
import { findingOf, type HappenedEvent } from "./event-rules.ts";
import { Ledger, type LedgerCounts, type LedgerParts } from "./ledger.ts";

export interface AlertsParts extends LedgerParts {
  readonly memory: MemoryStore;
  /** How everything is at this moment. */
  readonly picture: () => Omit<Picture, "now" | "since" | "certificatesEnd">;
  /** By the host's id; asked for every ten minutes. */
  readonly certificatesEnd: () => ReadonlyMap<string, number>;
}

export interface AlertCounts extends LedgerCounts {
  readonly open: readonly StoredAlert[];
  /** What detectors had to let go, as they remember so much at most. */
  readonly forgotten: number;
}

/** Milliseconds between two calls of `tick`. */
export const TICK = 10_000;
const CERTIFICATES = 10 * 60_000;
const SAVE = 5 * 60_000;
const POLICY_CHANGES: ReadonlySet<string> = new Set([
  ...["policy-provisioned", "policy-rolled-back", "rollout-wave"],
]);

export class Alerts implements Disposable {
  readonly #parts: AlertsParts;
  readonly #ledger: Ledger;
  readonly #conditions = new Conditions();
  readonly #bursts = new DeniedBursts();
  readonly #firstSeen: FirstSeen;
  readonly #beacons: Beacons;
  readonly #since: number;
  #certificatesEnd: ReadonlyMap<string, number> = new Map();
  #certificatesAt = Number.NEGATIVE_INFINITY;
  #savedAt: number;

  constructor(parts: AlertsParts) {
    const { memory, now } = parts;
    this.#parts = parts;
    this.#since = now();
    this.#savedAt = now();
    this.#ledger = new Ledger(parts);
    this.#firstSeen = new FirstSeen(memory, now);
    this.#beacons = new Beacons(memory, this.#firstSeen);
  }

  get counts(): AlertCounts {
    const forgotten = this.#bursts.dropped + this.#beacons.dropped + this.#firstSeen.unheard;
    return { ...this.#ledger.counts, open: this.#ledger.open(), forgotten };
  }

  open(): readonly StoredAlert[] {
    return this.#ledger.open();
  }

  /** Newest first, with those that are over. */
  latest(most: number): readonly StoredAlert[] {
    return this.#ledger.latest(most);
  }

  /** Throws `server/no-alert`. */
  acknowledge(id: number, by: string, note: string): StoredAlert {
    return this.#ledger.acknowledge(id, by, note);
  }

  /** A report was taken. */
  reported(seen: Sighted): void {
    this.#raise([
      ...this.#bursts.look(seen),
      ...this.#firstSeen.look(seen),
      ...this.#beacons.look(seen),
      ...lostRecords(seen),
    ]);
  }

  happened(event: HappenedEvent): void {
    if (POLICY_CHANGES.has(event.kind)) this.#firstSeen.policyChanged();
    this.#raise([findingOf(event) ?? []].flat());
  }

  /** To be called every ten seconds. */
  tick(): void {
    const { now, picture, certificatesEnd } = this.#parts;
    if (now() - this.#certificatesAt >= CERTIFICATES) {
      this.#certificatesAt = now();
      this.#certificatesEnd = certificatesEnd();
    }
    const found = this.#conditions.look({
      ...picture(),
      now: now(),
      since: this.#since,
      certificatesEnd: this.#certificatesEnd,
    });
    this.#raise(found);
    this.#ledger.tick();
    this.#remember();
  }

  [Symbol.dispose](): void {
    this.#savedAt = Number.NEGATIVE_INFINITY;
    this.#remember();
  }

  #raise(findings: readonly Finding[]): void {
    for (const finding of findings) this.#ledger.raise(finding);
  }

  /** A disk that has no room now has some later; until then it is in memory. */
  #remember(): void {
    const now = this.#parts.now();
    try {
      this.#firstSeen.flush();
      if (now - this.#savedAt < SAVE) return;
      this.#beacons.save();
      this.#savedAt = now;
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
}
