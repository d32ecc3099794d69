/** Why a connection was let through, by the policy that is in force. */

import { RemoteParties } from "@bulkhead/shared/flow/remote-parties.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import { FlowEnd, type LocalFlow } from "@bulkhead/shared/rules/flow-end.ts";
import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import { judgeLocal } from "@bulkhead/shared/rules/judge.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import { matcherOf } from "@bulkhead/shared/rules/matcher.ts";
import type { PolicyView } from "./observer.ts";

/** A connection, as far as a judgement depends on it. */
export interface Judged {
  readonly direction: Direction;
  readonly local: string;
  readonly remote: string;
  readonly protocol: number;
  readonly service: number;
  readonly sourcePort: number;
  readonly unit: string | undefined;
  readonly user: string | undefined;
}

export interface Reason {
  readonly verdict: Verdict;
  readonly rule: RuleRef | null;
}

const WITHOUT_POLICY: Reason = { verdict: "allow", rule: null };

export class Judging {
  readonly parties: RemoteParties;
  /** The next moment from which the answers are others, as a rule expires then. */
  readonly #expiries: readonly number[];
  readonly #view: PolicyView | undefined;

  constructor(view: PolicyView | undefined) {
    this.#view = view;
    this.parties = new RemoteParties(view?.policy.groups ?? {}, {
      hostNames: view?.hostNames ?? {},
      names: view?.facts.names ?? {},
    });
    const rules = view?.policy.rules ?? [];
    this.#expiries = rules.flatMap(({ expires }) => expires ?? []).sort((a, b) => a - b);
  }

  /** Until when answers that were given at `now` hold. */
  holdsUntil(now: number): number {
    return this.#expiries.find((expiry) => expiry > now) ?? Number.POSITIVE_INFINITY;
  }

  /** Of a connection that the kernel let through; undefined where the policy (by now) says otherwise. */
  reasonOf(judged: Judged, now: number): Reason | undefined {
    if (this.#view === undefined) return WITHOUT_POLICY;
    const { verdict, rule } = judgeLocal(this.#view.policy, this.#flowOf(judged, now));
    return verdict === "deny" ? undefined : { verdict, rule };
  }

  /**
   * The rule that has let a connection through although, for what is known of its process, none would: the only one that can have, else null,
   * since nobody knows.
   */
  onlyPossible(judged: Judged, now: number): RuleRef | null {
    if (this.#view === undefined) return null;
    const [rule, ...others] = matcherOf(this.#view.policy).nearMisses(this.#flowOf(judged, now));
    return rule === undefined || others.length > 0 ? null : rule.rule;
  }

  #flowOf(judged: Judged, now: number): LocalFlow {
    const { direction, local, remote, protocol, service, sourcePort, unit, user } = judged;
    return {
      direction,
      local: new FlowEnd(local),
      peer: new FlowEnd(remote, { names: this.parties.dnsNamesOf(remote) }),
      protocol,
      number: service,
      sourcePort,
      unit,
      // Who receives is not known where an ingress is judged.
      user: direction === "egress" ? user : undefined,
      now,
    };
  }
}
