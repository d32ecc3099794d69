/** One object for flows that are alike, found again without making a text of each. */

import type { FlowIdentity } from "@bulkhead/shared/flow/identity.ts";
import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { FlowPlace } from "./flow-place.ts";
import type { Judging, Reason } from "./judging.ts";
import type { Owner } from "./owners.ts";

const MOST = 200_000;

/** A flow of this host, with what is known of its process. */
export interface OwnedFlow {
  readonly place: FlowPlace;
  readonly protocol: number;
  readonly service: number;
  readonly sourcePort: number;
  readonly owner: Owner;
}

/** By service and local address, and then by peer: there are few of the former and may be many of the latter. */
type ByPeer = Map<string, FlowIdentity | undefined>;
type ByLocal = Map<string, ByPeer>;

export class Identities {
  readonly #judging: Judging;
  #passed = new Map<Owner, Map<number, ByLocal>>();
  #denied = new Map<string, FlowIdentity>();
  #size = 0;
  #holdsUntil = Number.NEGATIVE_INFINITY;

  /** They are of one policy; another one has others. */
  constructor(judging: Judging) {
    this.#judging = judging;
  }

  /** Of a connection that passes; undefined where the policy would not let it pass. */
  passing(flow: OwnedFlow, now: number): FlowIdentity | undefined {
    if (isDhcp(flow)) return this.#judge(flow, now);
    if (now >= this.#holdsUntil || this.#size > MOST) this.#renew(now);
    const { place, protocol, service, owner } = flow;
    const kind = (place.direction === "ingress" ? 0 : 0x1000000) + protocol * 0x10000 + service;
    const peers = this.#passed
      .getOrInsertComputed(owner, () => new Map())
      .getOrInsertComputed(kind, () => new Map())
      .getOrInsertComputed(place.local, () => new Map());
    const known = peers.get(place.remote);
    if (known !== undefined || peers.has(place.remote)) return known;
    const made = this.#judge(flow, now);
    peers.set(place.remote, made);
    this.#size++;
    return made;
  }

  /** Of a connection that has passed, whatever the policy says. */
  passed(flow: OwnedFlow, now: number): FlowIdentity {
    const passing = this.passing(flow, now);
    if (passing !== undefined) return passing;
    return this.#told(flow, { verdict: "allow", rule: this.#judging.onlyPossible(judgedOf(flow), now) });
  }

  /** Of a packet that a rule denied. */
  denied(flow: OwnedFlow, rule: RuleRef | null): FlowIdentity {
    return this.#told(flow, { verdict: "deny", rule });
  }

  #judge(flow: OwnedFlow, now: number): FlowIdentity | undefined {
    const reason = this.#judging.reasonOf(judgedOf(flow), now);
    return reason === undefined ? undefined : this.#make(flow, reason);
  }

  #told(flow: OwnedFlow, reason: { readonly verdict: Verdict; readonly rule: RuleRef | null }): FlowIdentity {
    if (this.#denied.size > MOST) this.#denied.clear();
    return this.#denied.getOrInsertComputed(textOf(flow, reason), () => this.#make(flow, reason));
  }

  #make({ place, protocol, service, owner }: OwnedFlow, { verdict, rule }: Reason): FlowIdentity {
    const { direction, local, remote } = place;
    return {
      direction,
      verdict,
      local: { address: local, ...owner },
      remote: this.#judging.parties.partyOf(remote),
      protocol,
      service,
      rule,
    };
  }

  /** Also after the clock was put back: `#holdsUntil` is then too late only for rules that had expired. */
  #renew(now: number): void {
    this.#passed = new Map();
    this.#size = 0;
    this.#holdsUntil = this.#judging.holdsUntil(now);
  }
}

function judgedOf({ place, protocol, service, sourcePort, owner }: OwnedFlow) {
  const { unit, user } = owner;
  return { ...place, protocol, service, sourcePort, unit, user };
}

/** The only flows whose source port is asked for. */
function isDhcp({ protocol, sourcePort }: OwnedFlow): boolean {
  return (
    protocol === 17 && (sourcePort === 67 || sourcePort === 68 || sourcePort === 546 || sourcePort === 547)
  );
}

function textOf({ place, protocol, service, owner }: OwnedFlow, { verdict, rule }: Reason): string {
  const { direction, local, remote } = place;
  const { unit = "", user = "", executable = "" } = owner;
  const { name = "", file = "", line = 0 } = rule ?? {};
  return [
    verdict,
    direction,
    local,
    remote,
    protocol,
    service,
    unit,
    user,
    executable,
    name,
    file,
    line,
  ].join("\n");
}
