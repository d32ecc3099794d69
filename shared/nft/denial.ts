/** What happens to a packet that is denied, or would be: said at most five times a second, then stopped, or let pass where only observed. */

import type { Direction, Mode } from "../policy/policy.ts";
import type { HostRule, RuleRef } from "../rules/host-policy.ts";
import { ACCEPT, COUNTER, chain, DROP, goTo, jumpTo, rule } from "./build.ts";
import { ruleComment } from "./comment.ts";
import { encodeLogPrefix } from "./log-prefix.ts";
import { NameBook } from "./names.ts";
import { overtakenName } from "./overtaken.ts";
import type { ChainNode, LogTarget, RuleNode, Statement } from "./ruleset.ts";

export const REFUSE = "refuse";

/** The chains of the rules that deny in one direction, made as they are asked for. */
export class Denials {
  readonly #direction: Direction;
  readonly #mode: Exclude<Mode, "off">;
  readonly #log: LogTarget;
  readonly #permit: string;
  readonly #names = new NameBook();
  readonly #chains = new Map<string, ChainNode>();

  constructor(
    direction: Direction,
    settings: { mode: Exclude<Mode, "off">; log: LogTarget; permit: string },
  ) {
    this.#direction = direction;
    this.#mode = settings.mode;
    this.#log = settings.log;
    this.#permit = settings.permit;
  }

  get chains(): readonly ChainNode[] {
    return [...this.#chains.values()];
  }

  /** The chain that a packet goes to for good when this rule denies it. */
  chainFor({ rule: ref }: HostRule): string {
    const name = this.#names.nameOf(
      JSON.stringify([ref.name, ref.file, ref.line]),
      `deny_${this.#direction}_${ref.name}`,
    );
    if (!this.#chains.has(name)) {
      const rules = [...this.#logLine(ref), rule([], [this.#verdict()])];
      this.#chains.set(name, chain(name, `${this.#words()} by ${ruleComment(ref)}`, rules));
    }
    return name;
  }

  /** The end of the direction's chain, for what no rule allows. */
  byDefault(): readonly RuleNode[] {
    return [
      rule([], [jumpTo(overtakenName(this.#mode))]),
      ...this.#logLine(null),
      rule([], [COUNTER, this.#verdict()], DEFAULT_COMMENT),
    ];
  }

  #words(): string {
    return this.#mode === "enforce" ? "denied" : "would be denied";
  }

  #logLine(ref: RuleRef | null): readonly RuleNode[] {
    const target = this.#log;
    if (target.to === "nowhere") return [];
    const verdict = this.#mode === "enforce" ? "deny" : "would-deny";
    const prefix = encodeLogPrefix({ verdict, direction: this.#direction, rule: ref });
    return [rule([], [{ kind: "log", prefix, target }])];
  }

  #verdict(): Statement {
    if (this.#mode === "observe") return goTo(this.#permit);
    return this.#direction === "egress" ? goTo(REFUSE) : DROP;
  }
}

/** The comment of the counter of what no rule allowed. */
export const DEFAULT_COMMENT = "default: no rule allows it";

/** How a local program learns that it may not. What comes back from outside, of a flow that may no more, is dropped. */
export function refusal(): ChainNode {
  return chain(REFUSE, "a local program fails at once, and not after a time-out", [
    rule([{ kind: "reply" }], [DROP]),
    rule([{ kind: "protocol", protocol: 6 }], [{ kind: "reject", how: "reset" }]),
    rule([], [{ kind: "reject", how: "prohibited" }]),
  ]);
}

/** An ICMP error whose flow has not been judged again since the last change: nft cannot look up that flow's port here. */
export function staleErrors(mode: Exclude<Mode, "off">): RuleNode {
  return rule(
    [{ kind: "flow-state", states: ["related"] }, { kind: "icmp-error" }],
    [mode === "enforce" ? DROP : ACCEPT],
  );
}
