/**
 * What the active policy says of itself, its tests and its invariants, on the hosts that there are at this moment: proved again on a thread whenever a host joins, leaves, is labelled
 * or has other addresses, and whenever a rule expires. What is broken by that is told at once, with what broke it, and is over when it holds again.
 */

import type { Place } from "@bulkhead/shared/policy/place.ts";
import {
  invariantName,
  invariantReasons,
  invariantSentence,
} from "@bulkhead/shared/rules/invariant-words.ts";
import { testName, testSentence } from "@bulkhead/shared/rules/test-words.ts";
import type { EventStore, StoredEvent } from "../store/estate/event-store.ts";
import type { Estate } from "./estate.ts";
import type { Proof } from "./judging/plan.ts";
import type { Judging } from "./judging/thread.ts";
import type { Versions } from "./versions.ts";

export interface StandingProofParts {
  readonly estate: Estate;
  readonly versions: Versions;
  /** One for this alone, so that nobody's plan waits for it, nor it for a plan. */
  readonly judging: Judging;
  readonly events: EventStore;
  readonly now: () => number;
  /** Told of every event that was kept. */
  readonly publish: (event: StoredEvent) => void;
  readonly warn: (words: string, error: unknown) => void;
  /** Milliseconds that have to pass without a change; a second unless said. */
  readonly quiet?: number;
}

/** Something that happened since it was proved last. */
export interface Cause {
  readonly kind: string;
  readonly who: string;
  readonly about: string;
  readonly at: number;
}

export interface BrokenClaim {
  readonly what: "test" | "invariant";
  /** `policy.yaml:12`. */
  readonly about: string;
  readonly place: Place;
  /** `web -> db tcp/5432`: the same as long as it is the same claim, whatever breaks it. */
  readonly name: string;
  readonly sentence: string;
  readonly reasons: readonly string[];
  readonly since: number;
  /** What may have broken it: all that happened between the last proof in which it held and the first in which it did not. */
  readonly causes: readonly Cause[];
}

export interface Standing {
  /** Null before the first policy, and before the first proof. */
  readonly version: number | null;
  readonly provedAt: number | null;
  readonly tests: number;
  readonly invariants: number;
  readonly broken: readonly BrokenClaim[];
}

const CHANGES: ReadonlySet<string> = new Set([
  ...["host-joined", "host-labelled", "host-revoked", "addresses-changed", "lease-ended", "lease-begun"],
  ...["policy-provisioned", "policy-rolled-back"],
]);
const QUIET = 1_000;
/** After a proof there is none for so many times as long as it took: a large estate that changes all the time takes a fifth of a core. */
const REST = 4;
const MOST_CAUSES = 10;
/** Told one by one at a time; the standing has all of them. */
const MOST_TOLD = 50;
/** What a timer can wait. */
const LONGEST = 24 * 3_600_000;

const NOTHING: Standing = { version: null, provedAt: null, tests: 0, invariants: 0, broken: [] };

export class StandingProof implements Disposable {
  readonly #parts: StandingProofParts;
  #standing = NOTHING;
  #causes: Cause[] = [];
  #isDue = true;
  #isProving = false;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;
  #expiring: NodeJS.Timeout | undefined;

  /** Proves it for the first time soon. */
  constructor(parts: StandingProofParts) {
    this.#parts = parts;
    this.#soon(parts.quiet ?? QUIET);
  }

  get standing(): Standing {
    return this.#standing;
  }

  happened({ kind, who, about, at }: Cause): void {
    if (!CHANGES.has(kind)) return;
    this.#causes.push({ kind, who, about, at });
    if (this.#causes.length > MOST_CAUSES) this.#causes.shift();
    this.#isDue = true;
    this.#soon(this.#parts.quiet ?? QUIET);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#expiring);
  }

  #soon(milliseconds: number): void {
    if (this.#isOver || this.#isProving) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#prove(), milliseconds);
  }

  async #prove(): Promise<void> {
    if (this.#isProving || !this.#isDue) return;
    this.#isProving = true;
    this.#isDue = false;
    const causes = this.#causes;
    this.#causes = [];
    const began = performance.now();
    try {
      await this.#proveNow(causes);
    } catch (error) {
      this.#causes = [...causes, ...this.#causes].slice(-MOST_CAUSES);
      this.#isDue = true;
      if (!this.#isOver) this.#parts.warn("the active policy could not be proved; it is tried again", error);
    } finally {
      this.#isProving = false;
      const rest = Math.max(this.#parts.quiet ?? QUIET, REST * (performance.now() - began));
      if (this.#isDue) this.#soon(rest);
    }
  }

  async #proveNow(causes: readonly Cause[]): Promise<void> {
    const { versions, estate, judging, now } = this.#parts;
    const active = versions.active();
    if (active === undefined) return;
    const { version, policy } = active;
    const task = estate.judgingTask(versions.files(version));
    const isSilent = policy.tests.length + policy.invariants.length === 0;
    const proof: Proof = isSilent ? { tests: [], invariants: [] } : await judging.prove(task);
    if (this.#isOver) return;
    this.#take(brokenIn(proof), { version, causes, counts: proof });
    this.#awaitExpiry(
      policy.rules.flatMap(({ expires }) => (expires !== undefined && expires > now() ? [expires] : [])),
    );
  }

  #take(
    found: readonly Claim[],
    {
      version,
      causes,
      counts,
    }: { readonly version: number; readonly causes: readonly Cause[]; readonly counts: Proof },
  ): void {
    const { now } = this.#parts;
    const at = now();
    const before = this.#standing;
    const known = new Map(before.broken.map((claim) => [keyOf(claim), claim]));
    const broken = found.map((claim) => {
      const { since = at, causes: then = causes } = known.get(keyOf(claim)) ?? this.#toldBefore(claim) ?? {};
      return { ...claim, since, causes: then };
    });
    const { tests, invariants } = counts;
    this.#standing = { version, provedAt: at, tests: tests.length, invariants: invariants.length, broken };
    const news = broken.filter((claim) => claim.since === at && !known.has(keyOf(claim)));
    const still = new Set(broken.map(keyOf));
    const over = before.broken.filter((claim) => !still.has(keyOf(claim)));
    for (const claim of news.slice(0, MOST_TOLD))
      this.#tell("policy-claim-broken", claim, version, claim.causes);
    for (const claim of over.slice(0, MOST_TOLD)) this.#tell("policy-claim-mended", claim, version, causes);
  }

  /** A server that was started anew tells nothing twice. */
  #toldBefore({ about, name }: Claim): Pick<BrokenClaim, "since" | "causes"> | undefined {
    if (this.#standing.provedAt !== null) return undefined;
    const told = this.#parts.events
      .latest({ about, most: MOST_TOLD })
      .find(({ facts }) => facts.name === name);
    if (told?.kind !== "policy-claim-broken") return undefined;
    return { since: told.at, causes: told.facts.causes as readonly Cause[] };
  }

  #tell(kind: string, claim: Claim, version: number, causes: readonly Cause[]): void {
    const { events, now, publish } = this.#parts;
    const { about, what, name, sentence, reasons } = claim;
    const facts = { version, what, name, sentence, reasons: reasons.slice(0, 10), causes };
    publish(events.add({ at: now(), kind, who: "server", about, facts }));
  }

  /** A rule that expires changes what is so as well. */
  #awaitExpiry(moments: readonly number[]): void {
    clearTimeout(this.#expiring);
    const next = Math.min(...moments);
    if (!Number.isFinite(next) || this.#isOver) return;
    const left = next - this.#parts.now() + 1;
    this.#expiring = setTimeout(() => this.#expired(next), Math.min(LONGEST, left));
  }

  #expired(moment: number): void {
    if (this.#parts.now() >= moment)
      this.#causes.push({ kind: "rule-expired", who: "server", about: "a rule", at: moment });
    this.#isDue = true;
    this.#soon(0);
  }
}

type Claim = Omit<BrokenClaim, "since" | "causes">;

function brokenIn({ tests, invariants }: Proof): readonly Claim[] {
  return [
    ...tests
      .filter(({ passed }) => !passed)
      .map((test): Claim => {
        const { place, reasons } = test;
        const [name, sentence] = [testName(test), testSentence(test)];
        return { what: "test", about: aboutOf(place), place, name, sentence, reasons };
      }),
    ...invariants
      .filter(({ holds }) => !holds)
      .map((invariant): Claim => {
        const { place } = invariant;
        const [sentence, reasons] = [invariantSentence(invariant), invariantReasons(invariant)];
        const name = invariantName(invariant);
        return { what: "invariant", about: aboutOf(place), place, name, sentence, reasons };
      }),
  ];
}

function keyOf({ about, name }: Claim): string {
  return `${about} ${name}`;
}

function aboutOf({ file, line }: Place): string {
  return `${file}:${line}`;
}
