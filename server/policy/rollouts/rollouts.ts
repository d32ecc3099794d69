/**
 * A version that comes to the hosts in waves. It goes on by itself as long as those who follow it are well, and goes back by itself when they are not. What it is stands in the
 * store; a server that is started in the middle goes on where it was, and watches the present wave anew.
 */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Settings } from "../../store/estate/settings.ts";
import type { RolloutFinding, RolloutHost, StoredRollout } from "../../store/rollouts/rollout-store.ts";
import type { Actor, Approved } from "../approvals.ts";
import type { ReportedDenial } from "../judging/denied-before.ts";
import type { Judging } from "../judging/thread.ts";
import type { Provisioning } from "../provisioning.ts";
import type { Trials } from "../trials.ts";
import { type Reported, RolloutDenials } from "./denials.ts";
import { RolloutSteps, type StepParts } from "./steps.ts";
import { type HostCourse, RolloutWatch } from "./watch.ts";
import { type PlannedWave, planWaves } from "./waves.ts";

export interface RolloutParts extends StepParts {
  readonly provisioning: Provisioning;
  readonly trials: Pick<Trials, "current">;
  /** One for rollouts alone, so that nobody's long plan keeps a wave from being halted. */
  readonly judging: Judging;
  readonly flowsPath: string;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number;
  /** Told of what changes too often to be kept, and of what went wrong here. */
  readonly progress: (rollout: StoredRollout) => void;
  readonly warn: (words: string, error: unknown) => void;
}

export interface RolloutRequest {
  readonly version: number;
  /** `1`, `10%`, …; see `planWaves`. */
  readonly waves: readonly string[];
  /** How long a wave is watched before the next; the setting's where it is not said. */
  readonly holdSeconds?: number | undefined;
  readonly denials?: StoredRollout["denials"] | undefined;
}

export interface StartedRollout {
  readonly rollout: StoredRollout;
  readonly approved: Approved;
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

/** The one that is under way. */
interface Course {
  rollout: StoredRollout;
  readonly watch: RolloutWatch;
  readonly denials: RolloutDenials;
  readonly movedAt: Map<string, number>;
  /** By the steady clock, when all who are waited for enforced the version. */
  settledAt: number | undefined;
  /** What was found and not acted on yet. */
  readonly found: RolloutFinding[];
}

/** As many are kept of what went wrong. */
const MOST_FINDINGS = 50;
/** Beside its probation, a host has so long to fetch and to read back what it was sent. */
const TO_APPLY = 30_000;

export class Rollouts implements Disposable {
  readonly #parts: RolloutParts;
  readonly #steps: RolloutSteps;
  #course: Course | undefined;
  #isStarting = false;
  #isTurning = false;
  #isDue: NodeJS.Immediate | undefined;

  constructor(parts: RolloutParts) {
    this.#parts = parts;
    this.#steps = new RolloutSteps(parts);
    const underway = parts.store.underway();
    if (underway !== undefined) this.#resume(underway);
  }

  /** The waves that it would come in; begins nothing. Throws `server/no-version`, `server/invalid-request`, `server/rollout-impossible`, `server/overloaded`. */
  async preview({
    version,
    waves,
  }: Pick<RolloutRequest, "version" | "waves">): Promise<readonly PlannedWave[]> {
    const { estate, versions, judging } = this.#parts;
    this.#baseFor(version);
    // Refused before anything is computed.
    planWaves(waves, [], []);
    const { changing, others } = await judging.changing(estate.judgingTask(versions.files(version)));
    const { well, rest } = this.#byHealth(changing);
    return planWaves(waves, [...well, ...rest], others);
  }

  /** Begins it with the first wave. Throws what `preview` throws, `server/rollout-underway`, `server/invariant-broken`, `server/approval-needed`. */
  async start(request: RolloutRequest, actor: Actor): Promise<StartedRollout> {
    const { estate, provisioning, settings } = this.#parts;
    this.#assertNone();
    this.#isStarting = true;
    try {
      const waves = await this.preview(request);
      const approved = await provisioning.assertReady(request.version, actor);
      const base = this.#baseFor(request.version);
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

  progress(rollout: StoredRollout): RolloutProgress {
    const course = this.#course?.rollout.number === rollout.number ? this.#course : undefined;
    const { now, steady } = this.#parts;
    const isHeld = course?.settledAt !== undefined && rollout.state === "running";
    const left = isHeld ? (course.settledAt ?? 0) + rollout.holdSeconds * 1000 - steady() : undefined;
    return {
      waitingFor: course?.watch.waitingFor ?? 0,
      nextAt: left === undefined ? undefined : now() + Math.max(0, Math.round(left)),
    };
  }

  /** How a host that follows it is; undefined where it is over. */
  courseOf(rollout: StoredRollout, host: string): HostCourse | undefined {
    if (this.#course?.rollout.number !== rollout.number || !this.#course.watch.has(host)) return undefined;
    return this.#course.watch.courseOf(host);
  }

  /** It stands still, and is watched on. Throws `server/no-rollout`. */
  pause(number: number, who: string): StoredRollout {
    return this.#turn(number, "paused", { kind: "rollout-paused", who });
  }

  /** It goes on, and watches its present wave anew. Throws `server/no-rollout`. */
  resume(number: number, who: string): StoredRollout {
    const course = this.#courseOf(number);
    course.settledAt = undefined;
    course.watch.lookAtAll();
    return this.#turn(number, "running", { kind: "rollout-resumed", who });
  }

  /** All hosts go back to the version that is active. Throws `server/no-rollout`. */
  abort(number: number, who: string): StoredRollout {
    this.#courseOf(number);
    const over = this.#steps.retreat(this.#courseOf(number).rollout, {
      who,
      why: `${who} has taken it back`,
    });
    this.#end();
    return over;
  }

  /** Something has happened in the estate. */
  happened({ kind, about, facts }: HappenedEvent): void {
    const course = this.#course;
    if (course === undefined || !(kind.startsWith("host-") || kind === "lease-ended")) return;
    if (kind === "host-ahead" && Number(facts.revision) >= course.rollout.revision) this.#halt(course, about);
    if (!course.watch.has(about)) return;
    course.watch.look(about);
    this.#soon();
  }

  /** A host's report was taken. */
  reported(seen: Reported): void {
    const movedAt = this.#course?.movedAt.get(seen.host);
    if (movedAt !== undefined) this.#course?.denials.look(seen, movedAt);
  }

  /** To be called every second. */
  async tick(): Promise<void> {
    const course = this.#course;
    if (course === undefined || this.#isTurning || course.rollout.state === "halted") return;
    this.#isTurning = true;
    try {
      course.denials.again();
      await this.#proceed(course);
    } catch (error) {
      this.#parts.warn("a rollout could not go on; it is tried again", error);
    } finally {
      this.#isTurning = false;
    }
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#isDue);
    this.#course?.denials.end();
  }

  async #proceed(course: Course): Promise<void> {
    const troubles = this.#troubles(course);
    if (troubles.length > 0) return this.#goBack(course, troubles);
    if (course.rollout.state !== "running") return;
    this.#settle(course);
    if (!this.#isHeldLongEnough(course)) return;
    const broken = await this.#invalid(course.rollout);
    // Somebody may have decided otherwise meanwhile.
    if (this.#course !== course || course.rollout.state !== "running") return;
    if (broken !== undefined) return this.#goBack(course, [broken]);
    if (!this.#isHeldLongEnough(course)) return;
    this.#advance(course);
  }

  #troubles(course: Course): readonly RolloutFinding[] {
    const { settings, now } = this.#parts;
    const all = settings.all();
    const patience = patienceOf(all);
    const found = course.watch.troubles(patience).map((trouble) => ({ ...trouble, at: now() }));
    return [...course.found, ...found];
  }

  #settle(course: Course): void {
    const { steady, now, progress } = this.#parts;
    if (course.settledAt !== undefined || course.watch.waitingFor > 0) return;
    course.settledAt = steady();
    const { rollout } = course;
    const waves = rollout.waves.map((wave, at) =>
      at === rollout.wave && wave.settledAt === undefined ? { ...wave, settledAt: now() } : wave,
    );
    course.rollout = this.#steps.note({ ...rollout, waves });
    progress(course.rollout);
  }

  /** And everybody is well at this moment, and nothing is still to be judged. */
  #isHeldLongEnough({ settledAt, rollout, watch, denials }: Course): boolean {
    if (settledAt === undefined || watch.waitingFor > 0 || !denials.isIdle) return false;
    return this.#parts.steady() - settledAt >= rollout.holdSeconds * 1000;
  }

  /** The estate has moved since it was proved last. */
  async #invalid({ version }: StoredRollout): Promise<RolloutFinding | undefined> {
    const { provisioning, now } = this.#parts;
    try {
      await provisioning.assertHolds(version);
      return undefined;
    } catch (error) {
      if (!(error instanceof BulkheadError) || error.code !== "server/invariant-broken") throw error;
      const words = `by now it breaks an invariant of its own: ${error.message}`;
      return { kind: "invalid", host: null, words, at: now() };
    }
  }

  #advance(course: Course): void {
    const { rollout } = course;
    const isLast = rollout.wave === rollout.waves.length - 1;
    if (isLast && this.#joinedSince(course).length === 0) {
      this.#steps.finish(rollout);
      this.#end();
      return;
    }
    course.settledAt = undefined;
    const names = isLast ? this.#joinedSince(course) : this.#hostsOf(course, rollout.wave + 1);
    if (isLast) this.#steps.join(rollout, names);
    else course.rollout = this.#steps.advance(rollout, names);
    this.#watchThese(course, names);
  }

  /** Those that the plan names and that are still there; with the last wave everybody else too. */
  #hostsOf(course: Course, wave: number): readonly string[] {
    if (wave === course.rollout.waves.length - 1) return this.#joinedSince(course);
    const there = new Set(this.#there());
    const planned = this.#parts.store.hosts(course.rollout.number).filter((one) => one.wave === wave);
    return planned.map(({ host }) => host).filter((host) => there.has(host));
  }

  /** Hosts that do not follow it, wherever they come from. */
  #joinedSince({ movedAt }: Course): readonly string[] {
    return this.#there().filter((name) => !movedAt.has(name));
  }

  #there(): readonly string[] {
    return this.#parts.estate
      .hosts()
      .filter(({ revokedAt }) => revokedAt === undefined)
      .map(({ name }) => name);
  }

  #goBack(course: Course, troubles: readonly RolloutFinding[]): void {
    const found = troubles.slice(0, MOST_FINDINGS);
    const more = troubles.length > 1 ? `, and ${troubles.length - 1} more` : "";
    const why = `${found[0]?.words ?? "it does not go well"}${more}`;
    this.#steps.retreat(course.rollout, { who: "server", why, found });
    this.#end();
  }

  /** A host has more of this rollout, or of what came after it, than this server: nobody knows what was decided since its backup. */
  #halt(course: Course, host: string): void {
    if (course.rollout.state === "halted") return;
    const { now } = this.#parts;
    const why = `${host} follows something later than this server remembers: it was restored from an older backup; \`rollout resume\` or \`abort\` decides`;
    course.rollout = this.#steps.turn(course.rollout, "halted", {
      ...{ kind: "rollout-halted", who: "server", why },
      found: [{ kind: "restored", host, words: why, at: now() }],
    });
  }

  #turn(
    number: number,
    state: "running" | "paused",
    { kind, who }: { readonly kind: string; readonly who: string },
  ): StoredRollout {
    const course = this.#courseOf(number);
    if (course.rollout.state !== state)
      course.rollout = this.#steps.turn(course.rollout, state, { kind, who });
    return course.rollout;
  }

  /** Throws `server/no-rollout`. */
  #courseOf(number: number): Course {
    const course = this.#course;
    if (course?.rollout.number === number) return course;
    const { state } = this.find(number);
    throw new BulkheadError("server/no-rollout", `rollout ${number} is over: ${state}`);
  }

  #resume(underway: StoredRollout): void {
    const { publish, events, now } = this.#parts;
    const course = this.#follow(underway);
    const facts = { rollout: underway.number, wave: underway.wave + 1, of: underway.waves.length };
    const why = "the server was started anew; the present wave is watched from the beginning";
    const about = String(underway.version);
    if (course.rollout.state === "running")
      publish(
        events.add({ at: now(), kind: "rollout-resumed", who: "server", about, facts: { ...facts, why } }),
      );
  }

  #follow(rollout: StoredRollout): Course {
    const { estate, steady, store, warn, now } = this.#parts;
    const watch = new RolloutWatch(estate, steady);
    const found: RolloutFinding[] = [];
    const denials = new RolloutDenials({
      steady,
      judge: (some) => this.#judge(rollout, some),
      failed: (error) => warn("denials of a rollout could not be judged; it waits meanwhile", error),
      found: (some) => {
        const findings = some.map((one) => ({ ...one, kind: "denied" as const, at: now() }));
        if (rollout.denials === "halt") found.push(...findings);
        else this.#report(findings);
        this.#soon();
      },
    });
    const course: Course = { rollout, watch, denials, movedAt: new Map(), settledAt: undefined, found };
    this.#course = course;
    const moved = store.hosts(rollout.number).filter(({ movedAt }) => movedAt !== undefined);
    for (const { host, movedAt = 0 } of moved) course.movedAt.set(host, movedAt);
    watch.add(moved);
    this.#soon();
    return course;
  }

  #judge({ version, base }: StoredRollout, denials: readonly ReportedDenial[]) {
    const { judging, estate, versions, flowsPath } = this.#parts;
    const since = versions.activations().find(({ policy }) => policy === base)?.at ?? 0;
    const task = estate.judgingTask(versions.files(version));
    return judging.denials({ ...task, denials, flows: { path: flowsPath, since } });
  }

  #report(findings: readonly RolloutFinding[]): void {
    const course = this.#course;
    if (course === undefined) return;
    const all = [...course.rollout.findings, ...findings].slice(0, MOST_FINDINGS);
    course.rollout = this.#steps.note({ ...course.rollout, findings: all });
    this.#parts.progress(course.rollout);
  }

  #watchThese(course: Course, names: readonly string[]): void {
    const moved = new Set(names);
    const { store } = this.#parts;
    const hosts = store.hosts(course.rollout.number).filter(({ host }) => moved.has(host));
    for (const { host, movedAt = 0 } of hosts) course.movedAt.set(host, movedAt);
    course.watch.add(hosts);
    this.#soon();
  }

  #end(): void {
    this.#course?.denials.end();
    this.#course = undefined;
  }

  /** Throws `server/rollout-underway`. */
  #assertNone(): void {
    this.#parts.estate.assertNoRollout();
    if (this.#isStarting)
      throw new BulkheadError("server/rollout-underway", "another rollout is being started");
  }

  /** The version that hosts go back to. Throws `server/no-version`, `server/rollout-impossible`. */
  #baseFor(version: number): number {
    const { versions, trials } = this.#parts;
    versions.policy(version);
    const trial = trials.current();
    if (trial !== undefined)
      throw new BulkheadError(
        "server/rollout-impossible",
        `version ${trial.version} is on trial, and hosts may go back from it at any moment: confirm or end the trial first`,
      );
    const base = versions.activations()[0]?.policy;
    if (base === undefined)
      throw new BulkheadError(
        "server/rollout-impossible",
        `version ${version} would be the first policy of all: there is nothing that hosts could go back to`,
      );
    if (base === version)
      throw new BulkheadError("server/rollout-impossible", `version ${version} is the active one already`);
    return base;
  }

  /** Who is well comes first: a wave of hosts that are away proves nothing. */
  #byHealth(names: readonly string[]): {
    readonly well: readonly string[];
    readonly rest: readonly string[];
  } {
    const { estate } = this.#parts;
    const well = new Set(
      estate.hosts().flatMap((host) => (estate.sync(host).state === "in-sync" ? [host.name] : [])),
    );
    return {
      well: names.filter((name) => well.has(name)),
      rest: names.filter((name) => !well.has(name)),
    };
  }

  /** What is found is acted on at once, after what is being done now. */
  #soon(): void {
    this.#isDue ??= setImmediate(() => {
      this.#isDue = undefined;
      void this.tick();
    });
  }
}

function patienceOf({ rolloutSilentSeconds, probationSeconds }: Settings) {
  const silent = rolloutSilentSeconds * 1000;
  return { silent, notEnforcing: probationSeconds * 1000 + TO_APPLY + silent };
}
