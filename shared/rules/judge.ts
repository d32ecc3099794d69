import { PROTOCOLS } from "../net/service.ts";
import type { Mode } from "../policy/policy.ts";
import type { HostFlow } from "./flow.ts";
import { FlowEnd, type LocalFlow } from "./flow-end.ts";
import type { HostPolicy } from "./host-policy.ts";
import type { Judgement, Verdict } from "./judgement.ts";
import { type Matcher, matcherOf } from "./matcher.ts";
import { neverJudged } from "./never-judged.ts";
import { type Subject, whyAllowed, whyDefault, whyDenied, whyNeverJudged } from "./words.ts";

/**
 * What one host says about a flow: a matching `deny` rule denies, else a matching `allow` rule allows, else the mode decides; among equals
 * the first rule in the policy's order is named.
 */
export function judge(policy: HostPolicy, flow: HostFlow): Judgement {
  const { direction, source, destination, protocol, number, sourcePort, unit, user, now } = flow;
  const [here, there] = direction === "egress" ? [source, destination] : [destination, source];
  const local = new FlowEnd(here, { label: policy.host });
  const peer = new FlowEnd(there, {
    ...(flow.peerNames === undefined ? {} : { names: flow.peerNames }),
    ...(flow.peerLabel === undefined ? {} : { label: flow.peerLabel }),
  });
  return judgeLocal(policy, { direction, local, peer, protocol, number, sourcePort, unit, user, now });
}

/** What becomes, in each mode, of a flow that the policy denies. */
export type Denied = Readonly<Record<Mode, Verdict>>;

export const AS_ENFORCED: Denied = { enforce: "deny", observe: "would-deny", off: "allow" };

/** What the policy says, however far its enforcement has come. */
export const AS_SAID: Denied = { enforce: "deny", observe: "would-deny", off: "would-deny" };

/** As `judge`, for a flow whose ends were read before. */
export function judgeLocal(policy: HostPolicy, flow: LocalFlow, denied: Denied = AS_ENFORCED): Judgement {
  const { host } = policy;
  const mode = policy.modes[flow.direction];
  const exempt = exemption(policy, flow);
  if (exempt !== undefined) return { host, mode, verdict: "allow", rule: null, why: whyNeverJudged(exempt) };
  return decide(matcherOf(policy), { host, mode, flow }, denied[mode]);
}

function decide(matcher: Matcher, subject: Subject, denied: Verdict): Judgement {
  const { host, mode, flow } = subject;
  const denying = matcher.first("deny", flow);
  if (denying !== undefined) {
    const rule = denied === "allow" ? null : denying.rule;
    return { host, mode, verdict: denied, rule, why: whyDenied(subject, denying) };
  }
  const allowing = matcher.first("allow", flow);
  if (allowing !== undefined)
    return { host, mode, verdict: "allow", rule: allowing.rule, why: whyAllowed(subject, allowing) };
  const why = whyDefault(subject, matcher.nearMisses(flow));
  return { host, mode, verdict: denied, rule: null, why };
}

function exemption(policy: HostPolicy, flow: LocalFlow): string | undefined {
  if (isOwn(policy, flow)) return "a host's traffic to itself";
  return isToServer(policy, flow) ? "the agent's own connection to its server" : neverJudged(flow);
}

function isToServer({ server }: HostPolicy, { direction, peer, protocol, number }: LocalFlow): boolean {
  if (server === undefined || direction !== "egress" || protocol !== PROTOCOLS.tcp) return false;
  return server.some(({ address, port }) => port === number && address === peer.text);
}

function isOwn(policy: HostPolicy, { local, peer }: LocalFlow): boolean {
  return peer.isLoopback || local.isLoopback || policy.addresses.includes(peer.text);
}
