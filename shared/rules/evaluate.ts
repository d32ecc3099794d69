import type { HostRecord } from "../segments/inventory.ts";
import type { Flow } from "./flow.ts";
import { FlowEnd, type LocalFlow } from "./flow-end.ts";
import type { HostPolicy } from "./host-policy.ts";
import { AS_ENFORCED, type Denied, judgeLocal } from "./judge.ts";
import { compareVerdicts, type Judgement, type Verdict } from "./judgement.ts";
import { matcherOf } from "./matcher.ts";
import type { ResolvedPolicy } from "./resolve.ts";

/** What a flow gets from end to end. */
export interface Evaluation {
  /** `deny` if a judgement denies, else `would-deny` if one would, else `allow`. */
  readonly verdict: Verdict;
  /** By the source's host; null where that is no managed host, and for a host's traffic to itself. */
  readonly egress: Judgement | null;
  /** By the destination's host. */
  readonly ingress: Judgement | null;
}

/**
 * The meaning of a policy: what becomes of a flow. Golden files, `explain` and the kernel's tests are held to it.
 * The flow's own `now` goes before the policy's. A host in no `select` segment is off whatever is asked, as the policy says nothing of it.
 */
export function evaluate(resolved: ResolvedPolicy, flow: Flow, denied: Denied = AS_ENFORCED): Evaluation {
  const from = resolved.inventory.hostOf(flow.source);
  const to = resolved.inventory.hostOf(flow.destination);
  const source = endOf(flow.source, from);
  const destination = endOf(flow.destination, to);
  if (source.isLoopback || destination.isLoopback || (from !== undefined && from === to))
    return { verdict: "allow", egress: null, ingress: null };
  const { protocol, number, sourcePort, now = resolved.now, unit, user, listener } = flow;
  const packet = { protocol, number, sourcePort, now };
  const sent: LocalFlow = { ...packet, direction: "egress", local: source, peer: destination, unit, user };
  const process = { unit: listener, user: undefined };
  const received: LocalFlow = {
    ...packet,
    direction: "ingress",
    local: destination,
    peer: source,
    ...process,
  };
  const egress = from && judgeLocal(resolved.hostPolicy(from.name), sent, deniedOn(from, denied));
  const ingress = to && judgeIngress(resolved.hostPolicy(to.name), received, deniedOn(to, denied));
  return {
    verdict: worst(egress?.verdict, ingress?.verdict),
    egress: egress ?? null,
    ingress: ingress ?? null,
  };
}

/**
 * A question seldom says what listens. Then the answer is what the luckiest listener would get: one that no rule names, else one
 * of those that a rule lets this flow reach.
 */
function judgeIngress(policy: HostPolicy, flow: LocalFlow, denied: Denied): Judgement {
  const plain = judgeLocal(policy, flow, denied);
  if (plain.verdict === "allow" || flow.unit !== undefined) return plain;
  return matcherOf(policy)
    .nearMisses(flow)
    .flatMap(({ local }) =>
      local.unit === undefined ? [] : judgeLocal(policy, { ...flow, unit: local.unit }, denied),
    )
    .reduce(luckier, plain);
}

function deniedOn(host: HostRecord, denied: Denied): Denied {
  return host.segments.length === 0 ? AS_ENFORCED : denied;
}

function luckier(a: Judgement, b: Judgement): Judgement {
  return compareVerdicts(b.verdict, a.verdict) < 0 ? b : a;
}

function worst(a: Verdict = "allow", b: Verdict = "allow"): Verdict {
  return compareVerdicts(a, b) < 0 ? b : a;
}

function endOf(text: string, host: HostRecord | undefined): FlowEnd {
  return new FlowEnd(text, host === undefined ? {} : { label: host.name });
}
