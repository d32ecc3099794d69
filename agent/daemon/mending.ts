/** Somebody else has changed our table: what it was, told once, and put right; at once where nothing has to be found out for that. */

import { setTimeout as pause } from "node:timers/promises";
import type { Agent } from "../apply/agent.ts";
import { tableDifferences } from "../apply/drift.ts";
import type { Installed } from "../apply/order.ts";
import { type Holding, restore } from "../apply/restore.ts";
import type { Situation } from "../apply/settle.ts";
import type { RulesetEvent } from "../kernel/events.ts";
import type { Journal } from "./journal.ts";
import { type TamperingRecord, Tamperings } from "./tamperings.ts";

/** Nobody is asked to wait longer than that for a table that somebody keeps changing. */
const LONGEST_STORM_PAUSE = 1_000;

/** Commits of others to our table that nobody has looked at yet. */
interface Commits {
  /** The first of them. */
  readonly event: RulesetEvent;
  readonly at: number;
  /** How many there were after it. */
  readonly more: number;
}

export class Mending {
  readonly tamperings: Tamperings;
  readonly #agent: Agent;
  readonly #journal: Journal;
  #commits: Commits | undefined;
  #holding: Holding | undefined;
  /** Put back before anything was looked at, and when; until a look has shown that it is right. */
  #restored: { readonly record: TamperingRecord; readonly at: number } | undefined;
  /** Told, and not mended yet: what follows a mending that has failed half-way is no other change. */
  #unmended: TamperingRecord | undefined;
  /** Whether our table was right once in this daemon's life: what was wrong before is nobody's change that it saw. */
  #wasRight = false;

  constructor(agent: Agent, journal: Journal) {
    this.#agent = agent;
    this.#journal = journal;
    this.tamperings = new Tamperings(agent.now);
  }

  /** Notes a commit that was not ours. */
  heard(event: RulesetEvent): void {
    const { event: first, at, more } = this.#commits ?? { event, at: this.#agent.now(), more: -1 };
    this.#commits = { event: first, at, more: more + 1 };
  }

  /** The kernel holds what was installed. A probation's clock is known to the second. */
  isRight({ generation }: Installed, { held, trial }: Situation): void {
    this.#wasRight = true;
    const isRunningOn = trial?.generation.loadedAt === generation.loadedAt;
    const seconds = isRunningOn ? trial.secondsLeft : generation.probation?.seconds;
    this.#holding = {
      generation,
      ...(seconds !== undefined && {
        probation: { below: held, ends: performance.now() + seconds * 1000 },
      }),
    };
  }

  /** What follows may touch the kernel and fail: then nobody knows what it holds until it is asked. */
  isUnsure(): void {
    this.#holding = undefined;
  }

  /** Where somebody has deleted our table, and done nothing else, it is put back at once; true then. The look that follows is one like any other. */
  async restore(): Promise<boolean> {
    const [commits, holding] = [this.#commits, this.#holding];
    if (commits === undefined || holding === undefined || this.tamperings.isStorm || !isGone(commits))
      return false;
    if (!(await restore(holding, this.#agent, () => performance.now()))) return false;
    const at = this.#agent.now();
    this.#commits = undefined;
    this.#restored = { record: this.#told(commits, []), at };
    return true;
  }

  /** What somebody has done to our table since it was last right, and is still to be mended. */
  async found({ table, held, trial, current }: Situation): Promise<TamperingRecord | undefined> {
    const [commits, restored] = [this.#commits, this.#restored];
    this.#commits = undefined;
    this.#restored = undefined;
    const known = trial?.generation ?? held ?? current;
    if (!this.#wasRight || known?.listing === undefined) return undefined;
    if (table?.stableText === known.listing) {
      if (restored !== undefined) this.mended(restored.record, restored.at);
      else if (this.#unmended !== undefined) this.mended(this.#unmended);
      return undefined;
    }
    if (commits === undefined && this.#unmended !== undefined) return this.#unmended;
    const differences = table === undefined ? [] : tableDifferences(known.listing, table.stableText);
    const record = this.#told(commits, differences);
    if (this.tamperings.isStorm) await pause(Math.min(LONGEST_STORM_PAUSE, 20 * this.tamperings.count));
    return record;
  }

  /** `at`: when the kernel had our rules again, where that is not now. */
  mended(record: TamperingRecord, at?: number): void {
    this.#unmended = undefined;
    this.tamperings.mended(record, at);
    this.#journal.mended(record);
  }

  #told(commits: Commits | undefined, differences: Parameters<Tamperings["seen"]>[2]): TamperingRecord {
    const record = this.tamperings.seen(commits?.at ?? this.#agent.now(), commits?.event, differences);
    this.#journal.tampering(record, this.tamperings.isStorm);
    this.#unmended = record;
    return record;
  }
}

/** Nothing but our table's end: what was not there could stamp no flow. */
function isGone({ event: { ours }, more }: Commits): boolean {
  return more === 0 && ours[0] === "table removed";
}
