/** Reports of hosts on their way into the store of flows, and the store's upkeep. */

import { join } from "node:path";
import type { Logger } from "pino";
import type { Sighted } from "../alerts/detectors/sighted.ts";
import type { FlowReport, Taken } from "../gateway/session.ts";
import { ingest, type Outcome } from "../ingest/ingest.ts";
import { Quota } from "../ingest/quota.ts";
import type { Estate } from "../policy/estate.ts";
import type { StoredHost } from "../store/estate/host-store.ts";
import type { SettingStore, Settings } from "../store/estate/settings.ts";
import { type FlowStore, type FlowStoreOptions, openFlowStore } from "../store/flows/flow-store.ts";
import type { ReportedRecord } from "../store/flows/identities.ts";
import { DEFAULT_RETENTION, type Retention } from "../store/flows/retention.ts";

export interface FlowsParts {
  readonly dataDirectory: string;
  readonly estate: Estate;
  readonly settings: SettingStore;
  readonly now: () => number;
  readonly log: Logger;
  /** Those to whom flows are told. */
  readonly exported?: Pick<FlowStoreOptions, "closedBefore" | "dropped">;
  /** Told of what was taken. */
  readonly saw: (seen: Sighted) => void;
  /** Told that there is something new, for those who look on. */
  readonly publish: (event: FlowsEvent) => void;
}

export interface FlowsEvent {
  readonly kind: "flows";
  readonly at: number;
}

/** Since the server has started. */
export interface FlowCounts {
  readonly reports: Readonly<Record<"taken" | "known" | "full" | "over-quota", number>>;
  readonly taken: number;
  readonly refused: number;
}

const COMPACT_MILLISECONDS = 60_000;
/** Between two pieces of work others have their turn. */
const PIECE_PAUSE_MILLISECONDS = 50;
const FULL_SECONDS = 60;
/** Hosts report all the time; those who look on are told this often at most. */
const TELL_MILLISECONDS = 500;

export class Flows implements Disposable {
  readonly store: FlowStore;
  /** Its file. */
  readonly path: string;
  readonly #parts: FlowsParts;
  readonly #quota = new Quota();
  readonly #reports = { taken: 0, known: 0, full: 0, "over-quota": 0 };
  #taken = 0;
  #refused = 0;
  #timer: NodeJS.Timeout;
  #isFull = false;
  #telling: NodeJS.Timeout | undefined;
  #isNews = false;

  /** Throws `server/store-unusable`, `server/store-newer`. */
  constructor(parts: FlowsParts) {
    this.#parts = parts;
    this.path = join(parts.dataDirectory, "flows.db");
    this.store = openFlowStore({
      path: this.path,
      now: parts.now,
      retention: () => retentionOf(parts.settings.all()),
      ...parts.exported,
    });
    this.#timer = setTimeout(() => this.#compact(), COMPACT_MILLISECONDS);
  }

  get counts(): FlowCounts {
    return { reports: { ...this.#reports }, taken: this.#taken, refused: this.#refused };
  }

  /** Whether the disk had no room for the last report. */
  get isFull(): boolean {
    return this.#isFull;
  }

  take(host: StoredHost, report: FlowReport): Taken {
    const { estate, now, log } = this.#parts;
    const segment = estate.segmentOf(host.name);
    const linkLocal = report.records
      .flatMap((record) => record?.local.address ?? [])
      .filter((address) => /^fe[89ab]/.test(address));
    const reporter = {
      id: host.id,
      name: host.name,
      // What means something on one link only is nobody else's.
      addresses: [...host.addresses, ...linkLocal],
      ...(segment !== undefined && { segment }),
    };
    const records = report.records.map(
      (record) => record && { ...record, remote: this.#named(record.remote.address) },
    );
    const outcome = ingest({ ...report, records }, reporter, this.store, { now, quota: this.#quota });
    this.#count(outcome, records.length);
    this.#say(outcome.kind === "full");
    if (outcome.kind === "full")
      return { kind: "later", seconds: FULL_SECONDS, why: "the server's disk is full" };
    if (outcome.refused > 0)
      log.warn(
        { code: "records-refused", host: host.name, count: outcome.refused },
        "records of a host were refused",
      );
    if (outcome.kind === "known") return { kind: "known" };
    this.#parts.saw({
      host: host.name,
      segment,
      records: records.filter((record) => record !== null),
      losses: report.losses.filter((loss) => loss !== null),
      refused: outcome.refused,
      overQuota: outcome.overQuota,
    });
    if (records.length > 0) this.#tell();
    return { kind: "taken" };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#telling);
    this.store[Symbol.dispose]();
  }

  #count({ kind, refused, overQuota }: Outcome, records: number): void {
    this.#reports[kind] += 1;
    if (kind === "known" || kind === "full") return;
    this.#refused += refused + overQuota;
    this.#taken += Math.max(0, records - refused - overQuota);
  }

  /** What the estate calls an address: a host's own word on that does not count. */
  #named(address: string): ReportedRecord["remote"] {
    const { estate } = this.#parts;
    const host = estate.hostAt(address);
    const segment = host === undefined ? undefined : estate.segmentOf(host);
    return { address, ...(host !== undefined && { host }), ...(segment !== undefined && { segment }) };
  }

  /** At once, and once more at the end of the pause for all that came in it. */
  #tell(): void {
    if (this.#telling !== undefined) {
      this.#isNews = true;
      return;
    }
    const { publish, now } = this.#parts;
    publish({ kind: "flows", at: now() });
    this.#isNews = false;
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      if (this.#isNews) this.#tell();
    }, TELL_MILLISECONDS);
  }

  #say(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    const { log } = this.#parts;
    if (isFull)
      log.error({ code: "server/store-full" }, "the disk is full: reports are not taken, hosts keep them");
    else log.info({ code: "store-has-room" }, "reports are taken again");
  }

  #compact(): void {
    let isMore = false;
    try {
      isMore = this.store.compact(this.#parts.now());
    } catch (error) {
      this.#parts.log.error(
        { code: "server/store-full" },
        `flows could not be compacted: ${(error as Error).message}`,
      );
    }
    this.#timer = setTimeout(() => this.#compact(), isMore ? PIECE_PAUSE_MILLISECONDS : COMPACT_MILLISECONDS);
  }
}

/** The buckets' widths are fixed: their number in a store is small, and each has to be a multiple of the one before. */
function retentionOf(settings: Settings): Retention {
  const ages = [settings.flowsFineSeconds, settings.flowsMediumSeconds, settings.flowsCoarseSeconds];
  const levels = DEFAULT_RETENTION.levels.map(({ width, keep }, at) => ({
    width,
    keep: (ages[at] ?? keep / 1000) * 1000,
  }));
  return { levels, bytes: settings.flowsBytes };
}
