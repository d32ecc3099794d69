/**
 * The alerts that are open: one for each kind and subject however often its cause is seen, so many of a kind at most, over when nothing more is seen. What is opened,
 * acknowledged and resolved is an event like any other, in the same transaction, so that whoever is told of events misses none.
 */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { AlertStore, StoredAlert } from "../store/alerts/alert-store.ts";
import { isFull } from "../store/database.ts";
import type { EventStore, StoredEvent } from "../store/estate/event-store.ts";
import { ALERT_KINDS, type AlertKindName, alertKind, type Finding } from "./alert-kinds.ts";
import { Limiter, type Limits } from "./limiter.ts";

export interface LedgerParts {
  readonly alerts: AlertStore;
  readonly events: EventStore;
  readonly now: () => number;
  /** Told of every event that was kept. */
  readonly publish: (event: StoredEvent) => void;
  readonly limits?: Limits;
}

/** Since the server has started. */
export interface LedgerCounts {
  readonly opened: ReadonlyMap<string, number>;
  readonly suppressed: number;
}

/** Agents need a while to come back to a server that has started: nothing is over before. */
const GRACE_MILLISECONDS = 5 * 60_000;
const KEPT_MILLISECONDS = 90 * 24 * 3_600_000;
const MOST_KEPT = 10_000;
/** Subjects of a storm that are told apart. */
const MOST_SUBJECTS = 10_000;
const EXAMPLES = 10;

export class Ledger {
  readonly #parts: LedgerParts;
  readonly #limiter: Limiter;
  readonly #startedAt: number;
  readonly #open = new Map<string, StoredAlert>();
  /** Found while the disk was full: known here alone until there is room. */
  readonly #unsaved = new Map<string, StoredAlert>();
  readonly #dirty = new Set<string>();
  readonly #storms = new Map<AlertKindName, Set<string>>();
  readonly #opened = new Map<string, number>();
  /** Kind -> how many are open. */
  readonly #perKind = new Map<string, number>();
  #suppressed = 0;
  #trimmedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.#limiter = new Limiter(parts.limits);
    this.#startedAt = parts.now();
    for (const alert of parts.alerts.open()) {
      this.#open.set(keyOf(alert), alert);
      this.#countOpen(alert.kind, 1);
    }
  }

  /** In the order in which they were opened. */
  open(): readonly StoredAlert[] {
    return [...this.#open.values(), ...this.#unsaved.values()];
  }

  /** Newest first, with those that are over. */
  latest(most: number): readonly StoredAlert[] {
    this.#flush();
    return [...this.#unsaved.values(), ...this.#parts.alerts.latest(most)].slice(0, most);
  }

  get counts(): LedgerCounts {
    return { opened: this.#opened, suppressed: this.#suppressed };
  }

  /** Something was found: an alert is opened, or the one that is open lasts. */
  raise(finding: Finding): void {
    const key = keyOf(finding);
    const now = this.#parts.now();
    const known = this.#open.get(key);
    if (known !== undefined) this.#again(key, known, finding);
    else if (!this.#unsaved.has(key)) this.#begin(key, finding, now);
  }

  #begin(key: string, finding: Finding, now: number): void {
    const { kind, about, words, facts, times = 1 } = finding;
    const ofKind = this.#perKind.get(kind) ?? 0;
    if (kind !== "alert-storm" && !this.#limiter.mayOpen(kind, ofKind, now)) {
      this.#suppress(finding);
      return;
    }
    this.#storms.get(kind)?.delete(about);
    const { severity } = ALERT_KINDS[kind];
    const count = Math.max(1, times);
    this.#save(key, { kind, about, severity, words, facts, openedAt: now, lastAt: now, count });
  }

  /** Throws `server/no-alert`. */
  acknowledge(id: number, by: string, note: string): StoredAlert {
    this.#flush();
    const { alerts, now } = this.#parts;
    const known = alerts.find(id);
    if (known === undefined) throw new BulkheadError("server/no-alert", `there is no alert ${id}`);
    const alert = { ...known, acknowledged: { at: now(), by, note } };
    const event = alerts.whole(() => {
      alerts.set(alert);
      return this.#event("alert-acknowledged", by, alert);
    });
    if (alert.resolvedAt === undefined) this.#open.set(keyOf(alert), alert);
    this.#parts.publish(event);
    return alert;
  }

  /** To be called every few seconds, after everything that lasts was raised again. */
  tick(): void {
    const { now, alerts } = this.#parts;
    for (const [key, alert] of this.#unsaved) {
      this.#unsaved.delete(key);
      this.#save(key, alert);
    }
    this.#flush();
    if (now() - this.#startedAt >= GRACE_MILLISECONDS)
      for (const [key, alert] of this.#open)
        if (now() - alert.lastAt >= (alertKind(alert.kind)?.quiet ?? 0)) this.#resolve(key, alert);
    if (now() - this.#trimmedAt < 3_600_000) return;
    this.#trimmedAt = now();
    alerts.trim(now() - KEPT_MILLISECONDS, MOST_KEPT);
  }

  /** Writes what has changed of those that are open. */
  #flush(): void {
    const { alerts } = this.#parts;
    const changed = [...this.#dirty].flatMap((key) => this.#open.get(key) ?? []);
    if (changed.length === 0) return;
    const written = tolerating(() =>
      alerts.whole(() => {
        for (const alert of changed) alerts.set(alert);
        return true;
      }),
    );
    if (written) this.#dirty.clear();
  }

  #again(key: string, known: StoredAlert, { words, facts, times = 1 }: Finding): void {
    const count = known.count + times;
    this.#open.set(key, { ...known, words, facts, lastAt: this.#parts.now(), count });
    if (times > 0 || words !== known.words) this.#dirty.add(key);
  }

  #save(key: string, found: Omit<StoredAlert, "id" | "acknowledged" | "resolvedAt">): void {
    const { alerts, publish } = this.#parts;
    const saved = tolerating(() =>
      alerts.whole(() => {
        const alert = alerts.add(found);
        return { alert, event: this.#event("alert-opened", "server", alert) };
      }),
    );
    if (saved === undefined) {
      const alert = { ...found, id: -1 - this.#unsaved.size, acknowledged: undefined, resolvedAt: undefined };
      this.#unsaved.set(key, alert);
      return;
    }
    this.#open.set(key, saved.alert);
    this.#countOpen(found.kind, 1);
    this.#opened.set(found.kind, (this.#opened.get(found.kind) ?? 0) + 1);
    publish(saved.event);
  }

  #resolve(key: string, alert: StoredAlert): void {
    const { alerts, now, publish } = this.#parts;
    const over = { ...alert, resolvedAt: now() };
    const event = tolerating(() =>
      alerts.whole(() => {
        alerts.set(over);
        return this.#event("alert-resolved", "server", over);
      }),
    );
    if (event === undefined) return;
    this.#open.delete(key);
    this.#countOpen(alert.kind, -1);
    if (alert.kind === "alert-storm") this.#storms.delete(alert.about as AlertKindName);
    publish(event);
  }

  #countOpen(kind: string, change: 1 | -1): void {
    this.#perKind.set(kind, (this.#perKind.get(kind) ?? 0) + change);
  }

  /** Counted, and told in one alert about all of its kind. */
  #suppress({ kind, about }: Finding): void {
    this.#suppressed += 1;
    const subjects = this.#storms.getOrInsertComputed(kind, () => new Set());
    const isNew = !subjects.has(about) && subjects.size < MOST_SUBJECTS;
    if (isNew) subjects.add(about);
    const examples = [...subjects].slice(0, EXAMPLES);
    const many = subjects.size >= MOST_SUBJECTS ? `${MOST_SUBJECTS} or more` : subjects.size;
    this.raise({
      kind: "alert-storm",
      about: kind,
      words: `${many} more: ${ALERT_KINDS[kind].title} (${examples.join(", ")}${subjects.size > EXAMPLES ? ", …" : ""})`,
      facts: { kind, subjects: subjects.size, examples },
      times: isNew ? 1 : 0,
    });
  }

  #event(kind: string, who: string, { id, about, ...alert }: StoredAlert): StoredEvent {
    const { events, now } = this.#parts;
    const { acknowledged, resolvedAt, ...more } = alert;
    const facts = {
      alert: id,
      ...more,
      ...(acknowledged && { acknowledged }),
      ...(resolvedAt && { resolvedAt }),
    };
    return events.add({ at: now(), kind, who, about, facts });
  }
}

function keyOf({ kind, about }: { readonly kind: string; readonly about: string }): string {
  return `${kind} ${about}`;
}

/** Undefined where the disk has no room: it is tried again later. */
function tolerating<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!isFull(error)) throw error;
    return undefined;
  }
}
