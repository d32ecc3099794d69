/**
 * The rollout that is under way: each look at it finds either that it does not go well, and it goes back; or that its wave has been well for long enough, and it goes on; or
 * that it has to wait. What it is stands in the store; what is here is only what was seen since this server follows it.
 */

import type { SettingStore } from "../../store/estate/settings.ts";
import type { RolloutFinding, StoredRollout } from "../../store/rollouts/rollout-store.ts";
import type { NewDenial } from "../judging/denied-before.ts";
import { type Reported, RolloutDenials } from "./denials.ts";
import { type FollowerParts, RolloutFollowers } from "./followers.ts";
import { type JudgementParts, RolloutJudgement } from "./judgement.ts";
import type { RolloutSteps } from "./steps.ts";
import { type HostCourse, patienceOf } from "./watch.ts";

export interface CourseParts extends FollowerParts, JudgementParts {
  readonly settings: SettingStore;
  /** Told of what changes too often to be kept, and of what went wrong here. */
  readonly progress: (rollout: StoredRollout) => void;
  readonly warn: (words: string, error: unknown) => void;
}

/** How far it is at this moment. */
export interface RolloutProgress {
  /** Hosts of whom it is expected and that do not enforce it yet. */
  readonly waitingFor: number;
  /** When the next wave begins, or the rollout ends, if nothing happens; undefined while hosts are waited for, or it does not run. */
  readonly nextAt: number | undefined;
}

export interface HappenedEvent {
  readonly kind: string;
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

interface Wiring {
  readonly steps: RolloutSteps;
  /** Told that it should be looked at soon. */
  readonly due: () => void;
}

/** As many are kept of what went wrong. */
const MOST_FINDINGS = 50;

export class RolloutCourse implements Disposable {
  readonly #parts: CourseParts;
  readonly #steps: RolloutSteps;
  readonly #due: () => void;
  readonly #followers: RolloutFollowers;
  readonly #judgement: RolloutJudgement;
  readonly #denials: RolloutDenials;
  #rollout: StoredRollout;
  /** By the steady clock, when all who are waited for enforced the version. */
  #settledAt: number | undefined;
  /** What was found and not acted on yet. */
  readonly #found: RolloutFinding[] = [];
  #isOver = false;

  constructor(rollout: StoredRollout, parts: CourseParts, { steps, due }: Wiring) {
    this.#rollout = rollout;
    this.#parts = parts;
    this.#steps = steps;
    this.#due = due;
    this.#judgement = new RolloutJudgement(rollout, parts);
    this.#denials = new RolloutDenials({
      steady: parts.steady,
      judge: (some) => this.#judgement.denied(some),
      failed: (error) => parts.warn("denials of a rollout could not be judged; it waits meanwhile", error),
      found: (some) => this.#foundDenied(some),
    });
    this.#followers = new RolloutFollowers(rollout, parts);
    due();
  }

  get rollout(): StoredRollout {
    return this.#rollout;
  }

  /** Whether it has come to everybody, or has been taken back. */
  get isOver(): boolean {
    return this.#isOver;
  }

  progress(): RolloutProgress {
    const { now, steady } = this.#parts;
    const { state, holdSeconds } = this.#rollout;
    const { waitingFor } = this.#followers.watch;
    if (this.#settledAt === undefined || state !== "running") return { waitingFor, nextAt: undefined };
    const left = this.#settledAt + holdSeconds * 1000 - steady();
    return { waitingFor, nextAt: now() + Math.max(0, Math.round(left)) };
  }

  /** How a host is; undefined where it does not follow it. */
  courseOf(host: string): HostCourse | undefined {
    const { watch } = this.#followers;
    return watch.has(host) ? watch.courseOf(host) : undefined;
  }

  /** Something has happened in the estate. */
  happened({ kind, about, facts }: HappenedEvent): void {
    if (!(kind.startsWith("host-") || kind === "lease-ended")) return;
    if (kind === "host-ahead" && Number(facts.revision) >= this.#rollout.revision) this.#halt(about);
    const { watch } = this.#followers;
    if (!watch.has(about)) return;
    watch.look(about);
    this.#due();
  }

  /** A host's report was taken. */
  reported(seen: Reported): void {
    const movedAt = this.#followers.since(seen.host);
    if (movedAt !== undefined) this.#denials.look(seen, movedAt);
  }

  /** Looks at it, and goes back or on where it is time to. One at a time. */
  async proceed(): Promise<void> {
    if (this.#rollout.state === "halted") return;
    this.#denials.again();
    const troubles = this.#troubles();
    if (troubles.length > 0) return this.#goBack(troubles);
    if (this.#rollout.state !== "running") return;
    this.#settle();
    if (!this.#isHeldLongEnough()) return;
    const broken = await this.#judgement.broken();
    // Somebody may have decided otherwise meanwhile.
    if (this.#isOver || this.#rollout.state !== "running") return;
    if (broken !== undefined) return this.#goBack([broken]);
    if (!this.#isHeldLongEnough()) return;
    this.#advance();
  }

  /** It stands still, and is watched on. */
  pause(who: string): void {
    if (this.#rollout.state === "paused") return;
    this.#rollout = this.#steps.turn(this.#rollout, "paused", { kind: "rollout-paused", who });
  }

  /** It goes on, and watches its present wave anew. */
  resume(who: string): void {
    this.#settledAt = undefined;
    this.#followers.watch.lookAtAll();
    if (this.#rollout.state === "running") return;
    this.#rollout = this.#steps.turn(this.#rollout, "running", { kind: "rollout-resumed", who });
  }

  /** All hosts go back to the version that is active. Gives what it is now that it is over. */
  abort(who: string): StoredRollout {
    const over = this.#steps.retreat(this.#rollout, { who, why: `${who} has taken it back` });
    this.#end();
    return over;
  }

  /** Nothing is judged for it any more; in the store it goes on. */
  [Symbol.dispose](): void {
    this.#denials.end();
  }

  #troubles(): readonly RolloutFinding[] {
    const { settings, now } = this.#parts;
    const patience = patienceOf(settings.all());
    const found = this.#followers.watch.troubles(patience).map((trouble) => ({ ...trouble, at: now() }));
    return [...this.#found, ...found];
  }

  #settle(): void {
    const { steady, now } = this.#parts;
    if (this.#settledAt !== undefined || this.#followers.watch.waitingFor > 0) return;
    this.#settledAt = steady();
    const rollout = this.#rollout;
    const waves = rollout.waves.map((wave, at) =>
      at === rollout.wave && wave.settledAt === undefined ? { ...wave, settledAt: now() } : wave,
    );
    this.#note({ ...rollout, waves });
  }

  /** And everybody is well at this moment, and nothing is still to be judged. */
  #isHeldLongEnough(): boolean {
    if (this.#settledAt === undefined || this.#followers.watch.waitingFor > 0 || !this.#denials.isIdle)
      return false;
    return this.#parts.steady() - this.#settledAt >= this.#rollout.holdSeconds * 1000;
  }

  #advance(): void {
    const rollout = this.#rollout;
    const isLast = rollout.wave === rollout.waves.length - 1;
    const names = this.#followers.next(rollout);
    if (isLast && names.length === 0) {
      this.#steps.finish(rollout);
      this.#end();
      return;
    }
    this.#settledAt = undefined;
    if (isLast) this.#steps.join(rollout, names);
    else this.#rollout = this.#steps.advance(rollout, names);
    this.#followers.add(names);
    this.#due();
  }

  #goBack(troubles: readonly RolloutFinding[]): void {
    const found = troubles.slice(0, MOST_FINDINGS);
    const more = troubles.length > 1 ? `, and ${troubles.length - 1} more` : "";
    const why = `${found[0]?.words ?? "it does not go well"}${more}`;
    this.#steps.retreat(this.#rollout, { who: "server", why, found });
    this.#end();
  }

  /** A host has more of this rollout, or of what came after it, than this server: nobody knows what was decided since its backup. */
  #halt(host: string): void {
    if (this.#rollout.state === "halted") return;
    const { now } = this.#parts;
    const why = `${host} follows something later than this server remembers: it was restored from an older backup; \`rollout resume\` or \`abort\` decides`;
    this.#rollout = this.#steps.turn(this.#rollout, "halted", {
      ...{ kind: "rollout-halted", who: "server", why },
      found: [{ kind: "restored", host, words: why, at: now() }],
    });
  }

  #foundDenied(denials: readonly NewDenial[]): void {
    const { now } = this.#parts;
    const found = denials.map((one) => ({ ...one, kind: "denied" as const, at: now() }));
    const rollout = this.#rollout;
    if (rollout.denials === "halt") this.#found.push(...found);
    else this.#note({ ...rollout, findings: [...rollout.findings, ...found].slice(0, MOST_FINDINGS) });
    this.#due();
  }

  #note(rollout: StoredRollout): void {
    this.#rollout = this.#steps.note(rollout);
    this.#parts.progress(this.#rollout);
  }

  #end(): void {
    this.#isOver = true;
    this.#denials.end();
  }
}
