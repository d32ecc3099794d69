/** Packets that a log statement of ours copied, as flows that were denied. */

import { decodeLogPrefix, type LoggedVerdict } from "@bulkhead/shared/nft/log-prefix.ts";
import type { HostPolicy, RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { LoggedPacket } from "../kernel/events.ts";
import type { FlowPlace } from "./flow-place.ts";

export interface Denial {
  readonly place: FlowPlace;
  readonly protocol: number;
  readonly service: number;
  readonly sourcePort: number;
  readonly rule: RuleRef | null;
}

const ICMP = 1;
const ICMPV6 = 58;
/** An answer is of the flow that asked. */
const QUESTIONS: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  [ICMP]: { 0: 8, 14: 13 },
  [ICMPV6]: { 129: 128 },
};

/** The flow that a packet is of; undefined where it cannot be read. A packet that goes against its flow's direction is a reply. */
export function denialOf(packet: LoggedPacket, { direction, rule }: LoggedVerdict): Denial | undefined {
  const { flow, hook } = packet;
  if (flow === undefined || hook === "other") return undefined;
  const { source, destination, protocol, sourcePort, service } = flow;
  const [local, remote] = hook === "input" ? [destination, source] : [source, destination];
  const place = { direction, local, remote };
  const isReply = (hook === "input") !== (direction === "ingress");
  if (!isReply) return { place, protocol, service, sourcePort, rule };
  if (protocol !== ICMP && protocol !== ICMPV6)
    return { place, protocol, service: sourcePort, sourcePort: service, rule };
  const question = QUESTIONS[protocol]?.[service >> 8];
  return { place, protocol, service: question === undefined ? service : question * 256, sourcePort, rule };
}

/** Reads prefixes by the policy in force, or the one before it: packets wait in the kernel while a policy changes. */
export class Prefixes {
  #current: HostPolicy | undefined;
  #previous: HostPolicy | undefined;
  /** Those that no policy explains, which are few. */
  readonly #unexplained = new Map<string, LoggedVerdict | undefined>();

  follow(policy: HostPolicy | undefined): void {
    if (policy === this.#current) return;
    this.#previous = this.#current;
    this.#current = policy;
    this.#unexplained.clear();
  }

  /** Undefined where it is not one of ours. */
  read(prefix: string): LoggedVerdict | undefined {
    for (const policy of [this.#current, this.#previous]) {
      const said = policy === undefined ? undefined : decodeLogPrefix(prefix, policy);
      if (said !== undefined) return said;
    }
    if (this.#unexplained.size > 1000) this.#unexplained.clear();
    return this.#unexplained.getOrInsertComputed(prefix, () => readText(prefix));
  }
}

const TEXT = /^bulkhead (deny|would-deny) (ingress|egress) (.*?):? *$/;
const RULE = /^(?:(.*) )?(\S+):(\d+)$/;

/** A rule that is in no policy that we know, by what its text says. */
function readText(prefix: string): LoggedVerdict | undefined {
  const [, verdict, direction, text = ""] = TEXT.exec(prefix) ?? [];
  if (verdict !== "deny" && verdict !== "would-deny") return undefined;
  if (direction !== "ingress" && direction !== "egress") return undefined;
  if (text.startsWith("(")) return { verdict, direction, rule: null };
  const [place, name, file = "", line = "0"] = RULE.exec(text) ?? [];
  const rule =
    place === undefined
      ? { name: text, file: "", line: 0 }
      : { name: name ?? place, file, line: Number(line) };
  return { verdict, direction, rule };
}
