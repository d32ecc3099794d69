/** What hosts deny that follow a version which is on its way: gathered as it is reported, each kind of connection once, and judged on a thread by both versions. */

import type { ReportedRecord } from "../../store/flows/identities.ts";
import type { NewDenial, ReportedDenial } from "../judging/denied-before.ts";

/** A report of a host, as it was taken in. */
export interface Reported {
  readonly host: string;
  readonly records: readonly ReportedRecord[];
}

export interface DenialParts {
  /** Both versions over the hosts that there are now, and these denials. */
  readonly judge: (denials: readonly ReportedDenial[]) => Promise<readonly NewDenial[]>;
  readonly found: (denials: readonly NewDenial[]) => void;
  readonly failed: (error: unknown) => void;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number;
}

/** So many different ones are looked at in a rollout; whoever scans beyond that hides nothing but more of the same. */
const MOST = 50_000;
/** In one task. */
const BATCH = 2_000;
/** What a host recorded so long before it followed the version may bear a later time than that, as clocks differ; what the version before denies as well does not count anyway. */
const CLOCKS = 2 * 60_000;
const RETRY = 10_000;

export class RolloutDenials {
  readonly #parts: DenialParts;
  readonly #seen = new Set<string>();
  #waiting: ReportedDenial[] = [];
  #isJudging = false;
  #isOver = false;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: DenialParts) {
    this.#parts = parts;
  }

  /** Whether everything that was reported has been judged. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && !this.#isJudging;
  }

  /** @param movedAt when the host came to follow the version. */
  look({ host, records }: Reported, movedAt: number): void {
    for (const record of records) {
      if (record.verdict !== "deny" || record.end < movedAt - CLOCKS) continue;
      const denial = denialOf(host, record);
      const key = JSON.stringify(denial);
      if (this.#seen.has(key) || this.#seen.size >= MOST) continue;
      this.#seen.add(key);
      this.#waiting.push(denial);
    }
    this.again();
  }

  /** What could not be judged is tried again after a while; until then the rollout waits. */
  again(): void {
    if (this.#parts.steady() - this.#failedAt >= RETRY) void this.#judge();
  }

  /** Nothing that is found from now on is told. */
  end(): void {
    this.#isOver = true;
    this.#waiting = [];
  }

  async #judge(): Promise<void> {
    if (this.#isJudging) return;
    this.#isJudging = true;
    try {
      while (this.#waiting.length > 0 && !this.#isOver) {
        const batch = this.#waiting.slice(0, BATCH);
        const found = await this.#parts.judge(batch);
        this.#waiting.splice(0, batch.length);
        if (found.length > 0 && !this.#isOver) this.#parts.found(found);
      }
    } catch (error) {
      this.#failedAt = this.#parts.steady();
      if (!this.#isOver) this.#parts.failed(error);
    } finally {
      this.#isJudging = false;
    }
  }
}

function denialOf(
  host: string,
  { direction, local, remote, protocol, service }: ReportedRecord,
): ReportedDenial {
  const [source, destination] =
    direction === "egress" ? [local.address, remote.address] : [remote.address, local.address];
  return {
    ...{ host, source, destination, protocol, service, direction },
    ...(local.unit !== undefined && { unit: local.unit }),
    ...(direction === "egress" && local.user !== undefined && { user: local.user }),
  };
}
