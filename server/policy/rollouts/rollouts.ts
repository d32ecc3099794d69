/**
 * A version that comes to the hosts in waves. It goes on by itself as long as those who follow it are well, and goes back by itself when they are not. What it is stands in the
 * store; a server that is started in the middle goes on where it was, and watches the present wave anew.
 */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { RolloutHost, StoredRollout } from "../../store/rollouts/rollout-store.ts";
import type { Actor, Approved } from "../approvals.ts";
import type { Provisioning } from "../provisioning.ts";
import { type CourseParts, type HappenedEvent, RolloutCourse, type RolloutProgress } from "./course.ts";
import type { Reported } from "./denials.ts";
import { type PlanParts, RolloutPlan, type RolloutRequest } from "./plan.ts";
import { RolloutSteps, type StepParts } from "./steps.ts";
import type { HostCourse } from "./watch.ts";
import type { PlannedWave } from "./waves.ts";

export interface RolloutParts extends StepParts, PlanParts, CourseParts {
  readonly provisioning: Provisioning;
}

export interface StartedRollout {
  readonly rollout: StoredRollout;
  readonly approved: Approved;
}

export class Rollouts implements Disposable {
  readonly #parts: RolloutParts;
  readonly #plan: RolloutPlan;
  readonly #steps: RolloutSteps;
  #latest: RolloutCourse | undefined;
  #isStarting = false;
  #isTurning = false;
  #isDue: NodeJS.Immediate | undefined;

  constructor(parts: RolloutParts) {
    this.#parts = parts;
    this.#plan = new RolloutPlan(parts);
    this.#steps = new RolloutSteps(parts);
    const underway = parts.store.underway();
    if (underway !== undefined) this.#takeUp(underway);
  }

  /** The waves that it would come in; begins nothing. Throws `server/no-version`, `server/invalid-request`, `server/rollout-impossible`, `server/overloaded`. */
  preview(request: Pick<RolloutRequest, "version" | "waves">): Promise<readonly PlannedWave[]> {
    return this.#plan.waves(request);
  }

  /** Begins it with the first wave. Throws what `preview` throws, `server/rollout-underway`, `server/invariant-broken`, `server/approval-needed`. */
  async start(request: RolloutRequest, actor: Actor): Promise<StartedRollout> {
    const { estate, provisioning, settings } = this.#parts;
    this.#assertNone();
    this.#isStarting = true;
    try {
      const waves = await this.#plan.waves(request);
      const approved = await provisioning.assertReady(request.version, actor);
      // Asked again, as anything may have happened while the waves were computed and the version was proved.
      const base = this.#plan.baseFor(request.version);
      estate.assertNoRollout();
      const { version, denials = "halt", holdSeconds = settings.all().rolloutHoldSeconds } = request;
      const by = actor.name;
      const rollout = this.#steps.begin({ version, base, by, waves, holdSeconds, denials });
      this.#follow(rollout);
      return { rollout, approved };
    } finally {
      this.#isStarting = false;
    }
  }

  get underway(): StoredRollout | undefined {
    return this.#course?.rollout;
  }

  /** Newest first. */
  latest(most: number): readonly StoredRollout[] {
    return this.#parts.store.latest(most);
  }

  /** Throws `server/no-rollout`. */
  find(number: number): StoredRollout {
    const found = this.#parts.store.find(number);
    if (found === undefined) throw new BulkheadError("server/no-rollout", `there is no rollout ${number}`);
    return found;
  }

  hosts({ number }: StoredRollout): readonly RolloutHost[] {
    return this.#parts.store.hosts(number);
  }

  progress({ number }: StoredRollout): RolloutProgress {
    const course = this.#course;
    return course?.rollout.number === number ? course.progress() : { waitingFor: 0, nextAt: undefined };
  }

  /** How a host that follows it is; undefined where it is over. */
  courseOf({ number }: StoredRollout, host: string): HostCourse | undefined {
    const course = this.#course;
    return course?.rollout.number === number ? course.courseOf(host) : undefined;
  }

  /** It stands still, and is watched on. Throws `server/no-rollout`. */
  pause(number: number, who: string): StoredRollout {
    const course = this.#underwayAs(number);
    course.pause(who);
    return course.rollout;
  }

  /** It goes on, and watches its present wave anew. Throws `server/no-rollout`. */
  resume(number: number, who: string): StoredRollout {
    const course = this.#underwayAs(number);
    course.resume(who);
    return course.rollout;
  }

  /** All hosts go back to the version that is active. Throws `server/no-rollout`. */
  abort(number: number, who: string): StoredRollout {
    return this.#underwayAs(number).abort(who);
  }

  /** Something has happened in the estate. */
  happened(event: HappenedEvent): void {
    this.#course?.happened(event);
  }

  /** A host's report was taken. */
  reported(seen: Reported): void {
    this.#course?.reported(seen);
  }

  /** To be called every second. */
  async tick(): Promise<void> {
    const course = this.#course;
    if (course === undefined || this.#isTurning) return;
    this.#isTurning = true;
    try {
      await course.proceed();
    } catch (error) {
      this.#parts.warn("a rollout could not go on; it is tried again", error);
    } finally {
      this.#isTurning = false;
    }
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#isDue);
    this.#course?.[Symbol.dispose]();
  }

  /** The one that is under way. */
  get #course(): RolloutCourse | undefined {
    return this.#latest?.isOver === false ? this.#latest : undefined;
  }

  /** Throws `server/no-rollout`. */
  #underwayAs(number: number): RolloutCourse {
    const course = this.#course;
    if (course?.rollout.number === number) return course;
    const { state } = this.find(number);
    throw new BulkheadError("server/no-rollout", `rollout ${number} is over: ${state}`);
  }

  /** Throws `server/rollout-underway`. */
  #assertNone(): void {
    this.#parts.estate.assertNoRollout();
    if (this.#isStarting)
      throw new BulkheadError("server/rollout-underway", "another rollout is being started");
  }

  #takeUp(underway: StoredRollout): void {
    const { publish, events, now } = this.#parts;
    this.#follow(underway);
    if (underway.state !== "running") return;
    const why = "the server was started anew; the present wave is watched from the beginning";
    const facts = { rollout: underway.number, wave: underway.wave + 1, of: underway.waves.length, why };
    const about = String(underway.version);
    publish(events.add({ at: now(), kind: "rollout-resumed", who: "server", about, facts }));
  }

  #follow(rollout: StoredRollout): void {
    this.#latest = new RolloutCourse(rollout, this.#parts, { steps: this.#steps, due: () => this.#soon() });
  }

  /** What is found is acted on at once, after what is being done now. */
  #soon(): void {
    this.#isDue ??= setImmediate(() => {
      this.#isDue = undefined;
      void this.tick();
    });
  }
}
