import type { Direction, Mode } from "../policy/policy.ts";
import type { FlowEnds } from "./cells.ts";
import { FlowEnd } from "./flow-end.ts";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { type Matcher, matcherOf } from "./matcher.ts";

/** All that decides about flows between two ends, whatever their service and process. */
export interface Situation {
  /** Equal where the same is decided. */
  readonly key: string;
  /** Undefined where no host judges. */
  readonly egress: Judged | undefined;
  readonly ingress: Judged | undefined;
}

export interface Judged {
  readonly mode: Mode;
  /** In order, the rules that hold for these ends. */
  readonly rules: readonly HostRule[];
}

/** An end with all that is asked of it again and again: it meets every other one. */
interface Party {
  readonly end: FlowEnd;
  readonly policy: HostPolicy | undefined;
  readonly matcher: Matcher | undefined;
}

/** Finds situations. There are far fewer of them than pairs of ends, so what one decides is worth remembering. */
export class Situations {
  readonly #policyAt: (address: string) => HostPolicy | undefined;
  readonly #numbers = new Map<HostRule, number>();
  readonly #parties = new Map<string, Party>();

  constructor(policyAt: (address: string) => HostPolicy | undefined) {
    this.#policyAt = policyAt;
  }

  between({ source, destination }: FlowEnds): Situation {
    const from = this.#party(source);
    const to = this.#party(destination);
    const egress = judged("egress", from, to);
    const ingress = judged("ingress", to, from);
    return { egress, ingress, key: `${this.#keyOf(egress)}/${this.#keyOf(ingress)}` };
  }

  #party(text: string): Party {
    return this.#parties.getOrInsertComputed(text, () => {
      const end = new FlowEnd(text);
      const policy = this.#policyAt(end.text);
      return { end, policy, matcher: policy && matcherOf(policy) };
    });
  }

  #keyOf(some: Judged | undefined): string {
    if (some === undefined) return "";
    if (some.rules.length === 0) return some.mode;
    const numberOf = (rule: HostRule) => this.#numbers.getOrInsertComputed(rule, () => this.#numbers.size);
    return `${some.mode} ${some.rules.map(numberOf).join(" ")}`;
  }
}

function judged(direction: Direction, { end, policy, matcher }: Party, peer: Party): Judged | undefined {
  if (policy === undefined || matcher === undefined) return undefined;
  const rules = matcher.between({ direction, local: end, peer: peer.end });
  return { mode: policy.modes[direction], rules };
}
