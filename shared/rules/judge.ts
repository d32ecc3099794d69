import type { Mode } from "../policy/policy.ts";
import type { HostFlow } from "./flow.ts";
import { FlowEnd, type LocalFlow } from "./flow-end.ts";
import type { HostPolicy } from "./host-policy.ts";
import type { Judgement, Verdict } from "./judgement.ts";
import { matcherOf } from "./matcher.ts";
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

/** As `judge`, for a flow whose ends were read before. */
export function judgeLocal(policy: HostPolicy, flow: LocalFlow): Judgement {
  const { host } = policy;
  const mode = policy.modes[flow.direction];
  const exempt = isOwn(policy, flow) ? "a host's traffic to itself" : neverJudged(flow);
  if (exempt !== undefined) return { host, mode, verdict: "allow", rule: null, why: whyNeverJudged(exempt) };
  return decide(policy, flow, { host, mode, flow });
}

function decide(policy: HostPolicy, flow: LocalFlow, subject: Subject): Judgement {
  const { host, mode } = subject;
  const matcher = matcherOf(policy);
  const denying = matcher.first("deny", flow);
  if (denying !== undefined) {
    const rule = mode === "off" ? null : denying.rule;
    return { host, mode, verdict: DENIED[mode], rule, why: whyDenied(subject, denying) };
  }
  const allowing = matcher.first("allow", flow);
  if (allowing !== undefined)
    return { host, mode, verdict: "allow", rule: allowing.rule, why: whyAllowed(subject, allowing) };
  const why = whyDefault(subject, matcher.nearMisses(flow));
  return { host, mode, verdict: DENIED[mode], rule: null, why };
}

/** What becomes of a flow that the policy denies. */
const DENIED: Readonly<Record<Mode, Verdict>> = { enforce: "deny", observe: "would-deny", off: "allow" };

function isOwn(policy: HostPolicy, { local, peer }: LocalFlow): boolean {
  return peer.isLoopback || local.isLoopback || policy.addresses.includes(peer.text);
}
