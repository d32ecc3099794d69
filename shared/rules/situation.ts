import type { Direction, Mode } from "../policy/policy.ts";
import type { FlowEnds } from "./cells.ts";
import { FlowEnd } from "./flow-end.ts";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { matcherOf } from "./matcher.ts";

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

/** Finds situations. There are far fewer of them than pairs of ends, so what one decides is worth remembering. */
export class Situations {
  readonly #policyAt: (address: string) => HostPolicy | undefined;
  readonly #numbers = new Map<HostRule, number>();

  constructor(policyAt: (address: string) => HostPolicy | undefined) {
    this.#policyAt = policyAt;
  }

  between({ source, destination }: FlowEnds): Situation {
    const from = new FlowEnd(source);
    const to = new FlowEnd(destination);
    const egress = this.#judged("egress", from, to);
    const ingress = this.#judged("ingress", to, from);
    return { egress, ingress, key: `${this.#keyOf(egress)}/${this.#keyOf(ingress)}` };
  }

  #judged(direction: Direction, local: FlowEnd, peer: FlowEnd): Judged | undefined {
    const policy = this.#policyAt(local.text);
    if (policy === undefined) return undefined;
    return { mode: policy.modes[direction], rules: matcherOf(policy).between({ direction, local, peer }) };
  }

  #keyOf(judged: Judged | undefined): string {
    if (judged === undefined) return "";
    const numberOf = (rule: HostRule) => this.#numbers.getOrInsertComputed(rule, () => this.#numbers.size);
    return `${judged.mode} ${judged.rules.map(numberOf).join(" ")}`;
  }
}
