/** The prefix of a log line, which names the verdict, the direction and the rule, and its way back. */

import type { Direction } from "../policy/policy.ts";
import type { HostPolicy, RuleRef } from "../rules/host-policy.ts";
import { quotable, ruleComment } from "./comment.ts";

/** NF_LOG_PREFIXLEN is 128 with the final zero. */
const LONGEST_PREFIX = 127;

/** What a log line says of a packet. Without a rule it was the default: no rule allows it. */
export interface LoggedVerdict {
  readonly verdict: "deny" | "would-deny";
  readonly direction: Direction;
  readonly rule: RuleRef | null;
}

/** `bulkhead deny ingress orders shop.yaml:12: `, at most 127 bytes. */
export function encodeLogPrefix({ verdict, direction, rule }: LoggedVerdict): string {
  const head = `bulkhead ${verdict} ${direction} `;
  return `${head}${quotable(rule === null ? DEFAULT : ruleComment(rule), LONGEST_PREFIX - head.length - 2)}: `;
}

/** Not a rule's place: places have a colon. */
const DEFAULT = "(no rule allows it)";

/**
 * What a prefix says, in words of this policy; undefined where it is none of ours. A rule that this policy does not have (any more) is undefined
 * as well: whoever asks keeps the text.
 */
export function decodeLogPrefix(prefix: string, policy: HostPolicy): LoggedVerdict | undefined {
  return prefixesOf(policy).get(prefix.trimEnd());
}

const known = new WeakMap<HostPolicy, ReadonlyMap<string, LoggedVerdict>>();

function prefixesOf(policy: HostPolicy): ReadonlyMap<string, LoggedVerdict> {
  const made =
    known.get(policy) ?? new Map(possible(policy).map((one) => [encodeLogPrefix(one).trimEnd(), one]));
  known.set(policy, made);
  return made;
}

function possible(policy: HostPolicy): readonly LoggedVerdict[] {
  const denies = policy.rules.filter(({ action }) => action === "deny");
  return VERDICTS.flatMap((verdict) => [
    ...DIRECTIONS.map((direction) => ({ verdict, direction, rule: null })),
    ...denies.map(({ direction, rule }) => ({ verdict, direction, rule })),
  ]);
}

const VERDICTS = ["deny", "would-deny"] as const;
const DIRECTIONS = ["ingress", "egress"] as const;
