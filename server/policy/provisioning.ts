/** The way of a policy into force: pushed, proved on the hosts that there are, made the active one. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { outOfScope } from "@bulkhead/shared/policy/scope.ts";
import { invariantReasons, invariantSentence } from "@bulkhead/shared/rules/invariant-words.ts";
import type { InvariantResult } from "@bulkhead/shared/rules/invariants.ts";
import type { PolicyFile } from "../store/estate/policy-store.ts";
import type { Actor, Approvals, Approved } from "./approvals.ts";
import type { Estate } from "./estate.ts";
import type { Judging } from "./judging/thread.ts";
import type { Pushed, PushedBy, Versions } from "./versions.ts";

export interface ProvisioningParts {
  readonly estate: Estate;
  readonly versions: Versions;
  readonly judging: Judging;
  readonly approvals: Approvals;
}

export interface ScopedBy extends PushedBy {
  /** The names of the segments to which they are limited; undefined where they are not. */
  readonly scope?: readonly string[] | undefined;
}

/** So many places that are out of scope are told. */
const MOST_BEYOND = 20;

export class Provisioning {
  readonly #parts: ProvisioningParts;

  constructor(parts: ProvisioningParts) {
    this.#parts = parts;
  }

  /**
   * Keeps a draft that is valid, breaks none of its own invariants on the hosts that there are, and differs from what is in force only within the author's scope. Throws
   * `server/overloaded`.
   */
  async push(files: readonly PolicyFile[], { scope, ...by }: ScopedBy): Promise<Pushed> {
    const { versions } = this.#parts;
    const { policy, problems } = versions.read(files);
    if (policy === undefined) return { number: undefined, problems };
    const beyond =
      scope === undefined ? [] : outOfScope({ base: versions.active()?.policy, draft: policy, scope });
    if (beyond.length > 0)
      return { number: undefined, problems: [...problems, ...beyond.slice(0, MOST_BEYOND)] };
    const broken = await this.#broken(policy, files);
    if (broken.length > 0) return { number: undefined, problems: [...problems, ...broken.map(problemOf)] };
    return versions.push(files, by);
  }

  /** Makes a version the active one on all hosts. Throws `server/no-version`, `server/invariant-broken`, `server/approval-needed`, `server/rollout-underway`, `server/overloaded`. */
  async provision(number: number, who: Actor): Promise<Approved> {
    this.#parts.estate.assertNoRollout();
    const approved = await this.assertReady(number, who);
    this.#parts.estate.provision(number, who.name, "provision");
    return approved;
  }

  /** That they may make the version active now, at once or in waves. Throws as `provision` does. */
  async assertReady(number: number, who: Actor): Promise<Approved> {
    await this.assertHolds(number);
    // Last: what is withdrawn while the invariants are proved counts.
    return this.#parts.approvals.assertApproved(number, who);
  }

  /** That the version breaks no invariant of its own on the hosts that there are now. Throws `server/invariant-broken`. */
  async assertHolds(number: number): Promise<void> {
    const { versions } = this.#parts;
    const [first, ...more] = await this.#broken(versions.policy(number), versions.files(number));
    if (first === undefined) return;
    const others = more.length === 0 ? "" : `; ${more.length} more are broken`;
    throw new BulkheadError(
      "server/invariant-broken",
      `version ${number}: ${invariantSentence(first)}: ${invariantReasons(first)[0] ?? ""}${others}`,
    );
  }

  async #broken(policy: Policy, files: readonly PolicyFile[]): Promise<readonly InvariantResult[]> {
    if (policy.invariants.length === 0) return [];
    const { judging, estate } = this.#parts;
    const { invariants } = await judging.prove(estate.judgingTask(files));
    return invariants.filter(({ holds }) => !holds);
  }
}

function problemOf(broken: InvariantResult): Problem {
  return {
    code: "policy/invariant-broken",
    severity: "error",
    place: broken.place,
    message: invariantSentence(broken),
    hint: invariantReasons(broken).join("; "),
  };
}
