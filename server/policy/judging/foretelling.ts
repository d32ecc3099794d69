/** What recorded connections would meet under another policy. */

import { type Judged, judgeRecorded } from "@bulkhead/shared/advice/judge-recorded.ts";
import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import { OTHERS } from "@bulkhead/shared/flow/record.ts";
import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { Evaluation } from "@bulkhead/shared/rules/evaluate.ts";
import type { RuleRef, ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import type { Judgement, Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import type { FlowEnd, JoinedFlow } from "../../store/flows/joined-flow.ts";
import type { RawFlow } from "../../store/flows/recorded-flows.ts";

/** Connections that are alike, and what becomes of them. */
export interface Foretold {
  readonly source: Pick<FlowEnd, "address" | "host" | "segment" | "unit" | "user">;
  readonly destination: Pick<FlowEnd, "address" | "host" | "segment" | "unit">;
  readonly service: string;
  readonly connections: number;
  readonly start: number;
  readonly end: number;
  /** As it was recorded, by either end. */
  readonly recorded: Decision;
  /** Under the policy that is active, and under the other one. */
  readonly active: Decision | null;
  readonly next: Decision;
  /** Why the host says so that decides under the other policy. */
  readonly why: string;
  /** The process was not recorded, and there are some that would still get through. */
  readonly unsure: boolean;
}

/** The verdict, and the rule that decided; null where it was the default. */
export interface Decision {
  readonly verdict: Verdict;
  /** The host that decided; null where none judges. */
  readonly host: string | null;
  readonly rule: RuleRef | null;
}

export interface Foretelling {
  /** Different flows that were judged, and those that could not be, as no address was recorded of them. */
  readonly judged: number;
  readonly unjudged: number;
  /** Of all that were judged. */
  readonly connections: number;
  /** Got through, still would, and would no more: the most connections first. */
  readonly breaks: Listed;
  /** Got through when they were recorded; the policy that is active denies them as well. */
  readonly brokenAlready: Listed;
  /** Were denied, and would get through. */
  readonly opens: Listed;
  /** Get through, and would be recorded as *would be denied* and are not so now. */
  readonly wouldDeny: Listed;
}

export interface Listed {
  readonly flows: number;
  readonly connections: number;
  /** At most so many as were asked for. */
  readonly list: readonly Foretold[];
}

export interface Policies {
  readonly active: ResolvedPolicy | undefined;
  readonly next: ResolvedPolicy;
  /** Where agents reach their server. */
  readonly server: readonly ServerEnd[];
  /** At most so many of each kind are listed. */
  readonly limit: number;
}

/** Each flow is judged once, however often it was seen; of those that are alike and have nothing to tell, the first alone. `progress` is told now and then how many were. */
export function foretell(
  flows: Iterable<RawFlow>,
  { active, next, limit, server }: Policies,
  progress: (judged: number) => void,
): Foretelling {
  const lists = {
    breaks: new Listing(limit),
    brokenAlready: new Listing(limit),
    opens: new Listing(limit),
    wouldDeny: new Listing(limit),
  };
  const untold = new Set<string>();
  let [judged, unjudged, connections] = [0, 0, 0];
  const count = (more: number) => {
    connections += more;
    if (++judged % PROGRESS === 0) progress(judged);
  };
  const judge = (flow: JoinedFlow): "told" | "untold" => {
    if (isAgents(flow, server)) return "untold";
    const after = judgeRecorded(next, flow);
    const kind = kindOf(flow, after, () => active && judgeRecorded(active, flow));
    if (kind === undefined) return "untold";
    lists[kind.kind].add(flow, kind.before, after);
    return "told";
  };
  for (const raw of flows) {
    const { group } = raw;
    if (group !== undefined && untold.has(group)) {
      count(raw.connections);
      continue;
    }
    for (const flow of raw.joined()) {
      if (flow.source.address === OTHERS || flow.destination.address === OTHERS) {
        unjudged++;
        continue;
      }
      count(flow.connections);
      if (judge(flow) === "untold" && group !== undefined) untold.add(group);
    }
  }
  return {
    ...{ judged, unjudged, connections },
    breaks: lists.breaks.listed(),
    brokenAlready: lists.brokenAlready.listed(),
    opens: lists.opens.listed(),
    wouldDeny: lists.wouldDeny.listed(),
  };
}

/** An agent's own way to its server: no policy of its host can cut it. Where the server's machine has an agent as well, that one judges. */
function isAgents(
  { source, destination, protocol, service }: JoinedFlow,
  server: readonly ServerEnd[],
): boolean {
  if (source.host === undefined || destination.host !== undefined || protocol !== PROTOCOLS.tcp) return false;
  return server.some(({ address, port }) => address === destination.address && service === port);
}

const PROGRESS = 10_000;

interface Kind {
  readonly kind: "breaks" | "brokenAlready" | "opens" | "wouldDeny";
  readonly before: Judged | undefined;
}

/** The active policy is asked only where its answer matters. */
function kindOf({ verdict }: JoinedFlow, after: Judged, ask: () => Judged | undefined): Kind | undefined {
  const isDenied = after.evaluation.verdict === "deny";
  if (verdict === "deny") return isDenied ? undefined : { kind: "opens", before: ask() };
  if (isDenied) {
    const before = ask();
    const wasDenied = before?.evaluation.verdict === "deny";
    return { kind: wasDenied ? "brokenAlready" : "breaks", before };
  }
  if (after.evaluation.verdict !== "would-deny" || verdict === "would-deny") return undefined;
  const before = ask();
  return before?.evaluation.verdict === "would-deny" ? undefined : { kind: "wouldDeny", before };
}

/** So many different ones are kept; of what comes beyond, only the counts. */
const MOST_KEPT = 50_000;

class Listing {
  readonly #limit: number;
  readonly #kept = new Map<string, Foretold>();
  #flows = 0;
  #connections = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(flow: JoinedFlow, before: Judged | undefined, after: Judged): void {
    this.#flows++;
    this.#connections += flow.connections;
    const one = foretoldOf(flow, before, after);
    const key = keyOf(one);
    const known = this.#kept.get(key);
    if (known !== undefined) this.#kept.set(key, together(known, one));
    else if (this.#kept.size < MOST_KEPT) this.#kept.set(key, one);
  }

  listed(): Listed {
    const sorted = [...this.#kept.values()].sort((a, b) => b.connections - a.connections || b.end - a.end);
    return { flows: this.#flows, connections: this.#connections, list: sorted.slice(0, this.#limit) };
  }
}

/** A host is one, whichever of its addresses was used. */
function keyOf({ source, destination, service, recorded, next, unsure }: Foretold): string {
  const nameOf = ({ address, host }: FlowEnd) => host ?? address;
  return JSON.stringify([
    ...[nameOf(source), source.unit, source.user, nameOf(destination), destination.unit, service],
    ...[recorded.verdict, recorded.rule?.name, next.host, next.rule?.name, unsure],
  ]);
}

function together(known: Foretold, more: Foretold): Foretold {
  return {
    ...known,
    connections: known.connections + more.connections,
    start: Math.min(known.start, more.start),
    end: Math.max(known.end, more.end),
  };
}

function foretoldOf(flow: JoinedFlow, before: Judged | undefined, after: Judged): Foretold {
  const { source, destination, connections, start, end } = flow;
  const { executable: _, ...from } = source;
  const { executable: __, user: ___, ...to } = destination;
  return {
    ...{ source: from, destination: to, service: serviceText(flow), connections, start, end },
    recorded: recordedDecision(flow),
    active: before === undefined ? null : decisionOf(before.evaluation),
    next: decisionOf(after.evaluation),
    why: decider(after.evaluation)?.why ?? "no host judges it",
    unsure: after.unsure,
  };
}

function recordedDecision({ verdict, egress, ingress }: JoinedFlow): Decision {
  const all = [ingress, egress].filter((one) => one !== null);
  const one = all.find((judged) => judged.verdict === verdict && judged.rule !== null) ?? all[0];
  return { verdict, host: one?.host ?? null, rule: one?.rule ?? null };
}

function decisionOf(evaluation: Evaluation): Decision {
  const one = decider(evaluation);
  return { verdict: evaluation.verdict, host: one?.host ?? null, rule: one?.rule ?? null };
}

/** The judgement that is as bad as the whole. */
function decider({ verdict, egress, ingress }: Evaluation): Judgement | undefined {
  return [egress, ingress].find((one) => one?.verdict === verdict) ?? undefined;
}
