import { serviceHas } from "../net/service.ts";
import type { Action, Direction } from "../policy/policy.ts";
import { Candidates } from "./candidates.ts";
import type { LocalFlow } from "./flow-end.ts";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { Cuts, pointOf } from "./service-line.ts";

type ByAction = Readonly<Record<Action, Candidates>>;

/** The rules of one host, made ready to be asked many times: by direction, service and action, and then by the flow's other end. */
export class Matcher {
  readonly rules: readonly HostRule[];
  readonly #groups: HostPolicy["groups"];
  readonly #cuts: Cuts;
  /** First point of a piece of the line of services -> the rules that are for it; made when first asked for. */
  readonly #pieces: Readonly<Record<Direction, Map<number, ByAction>>> = {
    ingress: new Map(),
    egress: new Map(),
  };

  readonly #whole = new Map<Direction, Candidates>();

  constructor(rules: readonly HostRule[], groups: HostPolicy["groups"]) {
    this.rules = rules;
    this.#groups = groups;
    this.#cuts = new Cuts(rules.map(({ service }) => service));
    for (const rule of rules) assertKnown(rule, groups);
  }

  /** The first rule with this action that matches the flow. */
  first(action: Action, flow: LocalFlow): HostRule | undefined {
    return this.#candidates(flow)[action].first(flow);
  }

  /** The rules that would allow the flow, were it another process of this host or another time. */
  nearMisses(flow: LocalFlow): readonly HostRule[] {
    return this.#candidates(flow).allow.betweenItsEnds(flow);
  }

  /** In order, the rules for flows between these ends, whatever their service, process and time. */
  between(flow: Pick<LocalFlow, "direction" | "local" | "peer">): readonly HostRule[] {
    const { direction } = flow;
    return this.#whole
      .getOrInsertComputed(direction, () => {
        const those = this.rules.filter((rule) => rule.direction === direction);
        return new Candidates(those, this.#groups);
      })
      .betweenItsEnds(flow);
  }

  #candidates({ direction, protocol, number }: LocalFlow): ByAction {
    const start = this.#cuts.startOf(pointOf(protocol, number));
    return this.#pieces[direction].getOrInsertComputed(start, () => {
      const those = this.rules.filter(
        (rule) => rule.direction === direction && serviceHas(rule.service, protocol, number),
      );
      const withAction = (action: Action) =>
        new Candidates(
          those.filter((rule) => rule.action === action),
          this.#groups,
        );
      return { allow: withAction("allow"), deny: withAction("deny") };
    });
  }
}

/** They live as long as the groups that they were made from. */
const matchers = new WeakMap<HostPolicy["groups"], Matcher>();

/** The matcher of a host policy; hosts that share rules and groups share it. */
export function matcherOf({ groups, rules }: HostPolicy): Matcher {
  const known = matchers.get(groups);
  if (known?.rules === rules) return known;
  const matcher = new Matcher(rules, groups);
  matchers.set(groups, matcher);
  return matcher;
}

/** Missing means closed: an `allow` for a group that is missing matches nothing, a `deny` must not be lost. */
export function assertKnown({ action, rule, peers }: HostRule, groups: HostPolicy["groups"]): void {
  if (action === "allow") return;
  for (const peer of peers)
    if (peer.kind === "group" && !Object.hasOwn(groups, peer.group))
      throw new RangeError(`the rule ${rule.name} denies the group '${peer.group}', which is missing`);
}
