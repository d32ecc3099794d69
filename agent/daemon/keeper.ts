/** Keeps the kernel true to what is desired: reads the source, looks at the kernel, and installs what differs. One run at a time; see `Loop`. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { LogTarget } from "@bulkhead/shared/nft/ruleset.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { Agent } from "../apply/agent.ts";
import { confirm } from "../apply/confirm.ts";
import { digestOf, type Generation } from "../apply/generation.ts";
import { install } from "../apply/install.ts";
import type { Installed, Wish } from "../apply/order.ts";
import { presentOf } from "../apply/present.ts";
import { prolong } from "../apply/prolong.ts";
import { recover, wishFor } from "../apply/recover.ts";
import type { Situation } from "../apply/settle.ts";
import type { RulesetEvent } from "../kernel/events.ts";
import type { TableInKernel } from "../kernel/kernel.ts";
import type { BackOff } from "./back-off.ts";
import { type EnforcementReport, FELL_BACK, LEFT_ALONE, TRIAL_IS_OVER, TRIED } from "./enforcement.ts";
import type { Journal } from "./journal.ts";
import { Mending } from "./mending.ts";
import type { Desired, PolicySource, SourceReport } from "./policy-source.ts";
import type { Tamperings } from "./tamperings.ts";
import {
  isLeftAlone,
  isOtherClock,
  isTrialOver,
  lookAgainIn,
  reachSeconds,
  trialSecondsLeft,
  wasReachedThrough,
} from "./trial.ts";

/** Why something has to be looked at. */
export type Mark =
  /** The policy's source may say something else. */
  | "source"
  /** Names, units or accounts may be others. */
  | "facts"
  /** Somebody else has changed our table. */
  | "drift"
  /** Now and then, for what nobody told. */
  | "check";

export interface KeeperOptions {
  readonly agent: Agent;
  /** Makes the next look one at the kernel's table itself, whatever is known of it. */
  readonly readAnew: () => void;
  readonly source: PolicySource;
  /** For a host that knows neither its policy nor what was in force before. */
  readonly floor?: PolicySource;
  readonly log: LogTarget;
  readonly mask?: number;
  readonly backOff: BackOff;
  readonly journal: Journal;
  /** Told what is in force after every run that changed it, or found it for the first time. */
  readonly inForce: (generation: Generation, desired: Desired | undefined) => void;
}

/** Confirming takes its time as well. */
const CONFIRM_MARGIN = 1_500;

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #mending: Mending;
  #desired: Desired | undefined;
  #source: SourceReport | undefined;
  #enforcement: EnforcementReport = { state: "starting" };
  #generation: Generation | undefined;
  #floor: HostPolicy | undefined;
  /** The version that was confirmed last, and the activation that could not be. */
  #proven: number | undefined;
  #failed: Pick<Desired, "version" | "revision"> | undefined;
  /** The version on trial through which the source was reached. */
  #tried: number | undefined;
  #cuts = 0;
  #inForce: Desired | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#mending = new Mending(options.agent, options.journal);
  }

  get tamperings(): Tamperings {
    return this.#mending.tamperings;
  }

  get source(): SourceReport | undefined {
    return this.#source;
  }

  get enforcement(): EnforcementReport {
    return this.#enforcement;
  }

  /** What is in force, as far as this daemon has seen to it. */
  get generation(): Generation | undefined {
    return this.#generation;
  }

  get desired(): Desired | undefined {
    return this.#desired;
  }

  /** What the source had said and the kernel was last seen to hold; undefined where that is something else. */
  get inForce(): Desired | undefined {
    return this.#inForce;
  }

  /** Connections that the last change cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Notes a commit that was not ours; the run after it says what it did. */
  foreignCommit(event: RulesetEvent): void {
    this.#mending.heard(event);
  }

  async run(marks: ReadonlySet<Mark>): Promise<{ readonly retryIn: number } | undefined> {
    const { backOff, journal, agent, readAnew } = this.#options;
    if (marks.has("check") || marks.has("drift")) readAnew();
    if (marks.has("drift")) await this.#mending.restore();
    try {
      if (marks.has("source") || this.#source === undefined) await this.#readSource();
      const again = await this.#keep();
      backOff.succeeded();
      return again;
    } catch (error) {
      const retryIn = backOff.failed();
      const why = error instanceof BulkheadError ? `${error.message} [${error.code}]` : String(error);
      const retryAt = new Date(agent.now() + retryIn).toISOString();
      this.#enforcement = { state: "degraded", why, retryAt };
      journal.degraded(error, retryIn);
      return { retryIn };
    }
  }

  get #hasFallenBack(): boolean {
    const [desired, failed] = [this.#desired, this.#failed];
    if (desired === undefined) return false;
    if (isTrialOver(desired)) return true;
    // Made active once more, and on probation once more, it gets another chance.
    const isAnew = desired.revision !== failed?.revision && desired.confirmWithinSeconds !== undefined;
    return failed !== undefined && desired.version === failed.version && !isAnew;
  }

  async #readSource(): Promise<void> {
    const { source, journal, agent } = this.#options;
    const found = await source.read();
    const problems = found.state === "current" ? [] : found.problems;
    const isNews = found.state !== this.#source?.state || problems.join() !== this.#source.problems.join();
    if (isNews) {
      this.#source = { state: found.state, problems, since: new Date(agent.now()).toISOString() };
      journal.source(this.#source, source.paths);
    }
    if (found.state !== "current") return;
    this.#desired = found.desired;
    if (found.desired.trialEnds === undefined) this.#tried = undefined;
  }

  /** Gives when it has to look again, where a clock runs. */
  async #keep(): Promise<{ readonly retryIn: number } | undefined> {
    const { agent, journal } = this.#options;
    const found = await this.#found();
    for (const note of found.notes) journal.note(note);
    const tampering = await this.#mending.found(found);
    this.#mending.isUnsure();
    const situation = await this.#madeReady(found);
    const wish = this.#wishOnTrial(situation) ?? (await this.#wish(situation));
    if (wish === undefined) {
      this.#enforcement = { state: "enforcing", why: "there is no policy yet" };
      return undefined;
    }
    const began = performance.now();
    const urgent = tampering === undefined ? {} : { urgent: true };
    const seconds = wish.confirmWithinSeconds ?? this.#probationSeconds(wish);
    const probation = seconds === undefined ? {} : { confirmWithinSeconds: seconds };
    const loaded = await install({ ...wish, ...urgent, ...probation }, situation, agent);
    const isProving = loaded.outcome === "on-probation" && wish.keepsClock !== true;
    const installed = isProving ? await this.#prove(loaded, seconds ?? 0) : loaded;
    const isOnTrial = installed.generation.probation !== undefined;
    if (!isOnTrial && wish.policy === this.#desired?.policy) this.#proven = this.#desired.version;
    if (tampering !== undefined) this.#mending.mended(tampering);
    this.#mending.isRight(installed, situation);
    this.#installed(installed, performance.now() - began);
    if (this.#desired === undefined && this.#floor !== undefined && !isOnTrial)
      this.#enforcement = { state: "enforcing", why: "this is the floor: no policy is known" };
    if (!isOnTrial) return undefined;
    return lookAgainIn((this.#desired && trialSecondsLeft(this.#desired)) ?? seconds ?? 0);
  }

  /** A table may be deleted while it is looked at: then that is no time for the long way either. */
  async #found(): Promise<Situation> {
    const { agent } = this.#options;
    const found = await recover(agent);
    return found.table === undefined && (await this.#mending.restore()) ? recover(agent) : found;
  }

  /** A trial that is confirmed is on probation no more; and what one goes back to has to be in the kernel. */
  async #madeReady(situation: Situation): Promise<Situation> {
    const { agent } = this.#options;
    const { trial, held, current, table } = situation;
    const desired = this.#desired;
    if (desired === undefined || isLeftAlone(situation, desired) || this.#hasFallenBack) return situation;
    const isTrial = desired.trialEnds !== undefined;
    const isDesired = trial !== undefined && trial.generation.digest === digestOf(desired.policy);
    if (isDesired && !isTrial) await confirm(agent);
    // Somebody has deleted the table with all that it would have gone back to.
    else if (isTrial && table === undefined && held === undefined && current !== undefined)
      await install({ ...wishFor(current), urgent: true }, situation, agent);
    else return situation;
    return recover(agent);
  }

  /** What is tried goes on being tried until its clock ends it: it is written anew only where facts or somebody else have changed it. */
  #wishOnTrial(situation: Situation): Wish | undefined {
    const desired = this.#desired;
    const { trial } = situation;
    const settings = { ...this.#settings, keepsClock: true };
    if (trial !== undefined && isLeftAlone(situation, desired)) {
      const confirmWithinSeconds = Math.max(1, Math.floor(trial.secondsLeft));
      return { policy: trial.generation.policy, ...settings, confirmWithinSeconds };
    }
    const left = desired && trialSecondsLeft(desired);
    if (desired === undefined || left === undefined || left < 1) return undefined;
    if (wasReachedThrough(situation, desired)) this.#tried = desired.version;
    if (desired.version !== this.#tried) return undefined;
    // Tried anew: then its clock is another one.
    if (trial !== undefined && isOtherClock(trial.secondsLeft, left)) return undefined;
    return { policy: desired.policy, ...settings, confirmWithinSeconds: left };
  }

  /** Also where it was in force already, in other objects. */
  #isDesired({ generation }: Installed): boolean {
    return this.#desired !== undefined && digestOf(this.#desired.policy) === generation.digest;
  }

  /** For how long a policy has to be on probation that has not been proven yet. */
  #probationSeconds({ policy }: Wish): number | undefined {
    const desired = this.#desired;
    if (desired === undefined || policy !== desired.policy || this.#options.source.reach === undefined)
      return undefined;
    return desired.version === this.#proven ? undefined : reachSeconds(desired);
  }

  /**
   * Confirms it once the source was reached through it, or gives it the time of its trial. Throws `apply/probation-lapsed` where that fails: then the kernel itself goes
   * back.
   */
  async #prove(installed: Installed, seconds: number): Promise<Installed> {
    const { agent, source, journal } = this.#options;
    const { policy, digest } = installed.generation;
    this.#enforcement = { state: "on-probation" };
    this.#inForce = undefined;
    journal.onProbation(policy.host, digest, seconds);
    const isReached = (await source.reach?.(seconds * 1000 - CONFIRM_MARGIN)) ?? true;
    const left = this.#desired && trialSecondsLeft(this.#desired);
    if (isReached && left !== undefined && left >= 1) {
      const { outcome, generation } = await prolong(installed.generation, left, agent);
      this.#tried = this.#desired?.version;
      return { ...installed, outcome, generation };
    }
    if (isReached && left === undefined && (await confirm(agent)).outcome === "confirmed") {
      this.#proven = this.#desired?.version;
      return installed;
    }
    this.#failed = this.#desired;
    throw new BulkheadError(
      "apply/probation-lapsed",
      `the source could not be reached through policy ${digest.slice(0, 12)} within ${seconds} s: the policy before it comes back`,
    );
  }

  #installed(installed: Installed, milliseconds: number): void {
    const { journal, inForce } = this.#options;
    const isNews = installed.outcome !== "unchanged" || !isSameLoad(this.#generation, installed.generation);
    this.#generation = installed.generation;
    this.#cuts = installed.outcome === "unchanged" ? this.#cuts : installed.cuts.length;
    this.#inForce = this.#isDesired(installed) ? this.#desired : undefined;
    this.#enforcement = this.#enforcementBy(installed);
    if (this.#enforcement.state === "enforcing") this.#inForce?.inForce?.();
    if (!isNews) return;
    journal.installed(installed, milliseconds);
    inForce(installed.generation, this.#desired);
  }

  #enforcementBy({ generation }: Installed): EnforcementReport {
    if (generation.probation !== undefined)
      return this.#desired?.isRemembered === true || this.#desired === undefined ? LEFT_ALONE : TRIED;
    if (!this.#hasFallenBack || this.#inForce !== undefined) return { state: "enforcing" };
    return this.#desired !== undefined && isTrialOver(this.#desired) ? TRIAL_IS_OVER : FELL_BACK;
  }

  get #settings(): Pick<Wish, "log" | "mask"> {
    const { log, mask } = this.#options;
    return { log, ...(mask !== undefined && { mask }) };
  }

  /** What is desired; without that, what was enforced last; without that, the floor, unless the kernel holds something else that nobody remembers. */
  async #wish({ held, current, previous, table }: Situation): Promise<Wish | undefined> {
    const settings = this.#settings;
    if (this.#desired !== undefined && !this.#hasFallenBack)
      return { policy: this.#desired.policy, ...settings };
    const last = held ?? current ?? previous;
    if (last !== undefined) return { ...wishFor(last), ...settings };
    this.#floor ??= await this.#readFloor();
    const isStrange = table !== undefined && !holdsPolicy(table, this.#floor);
    return isStrange || this.#floor === undefined ? undefined : { policy: this.#floor, ...settings };
  }

  async #readFloor(): Promise<HostPolicy | undefined> {
    const { floor, journal } = this.#options;
    const found = await floor?.read();
    if (found?.state === "current") return found.desired.policy;
    for (const problem of found?.problems ?? []) journal.floor(problem);
    return undefined;
  }
}

/** Whether the kernel has had them from one and the same load; a probation may have ended in between. */
function isSameLoad(a: Generation | undefined, b: Generation): boolean {
  return a !== undefined && a.digest === b.digest && a.stamp.value === b.stamp.value;
}

/** As after a boot that found nothing but the floor. */
function holdsPolicy(table: TableInKernel, policy: HostPolicy | undefined): boolean {
  return policy !== undefined && presentOf(table)?.settled?.digest === digestOf(policy);
}
