/** Sorts recorded flows by what the active policy says of them, and keeps those that no rule speaks of. */

import { OTHERS } from "../flow/record.ts";
import { PROTOCOLS } from "../net/service.ts";
import type { Direction } from "../policy/policy.ts";
import type { Evaluation } from "../rules/evaluate.ts";
import type { Packet } from "../rules/flow.ts";
import type { ServerEnd } from "../rules/host-policy.ts";
import { AS_SAID } from "../rules/judge.ts";
import type { Judgement } from "../rules/judgement.ts";
import { neverJudged } from "../rules/never-judged.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import { type Conversation, Conversations, type Word } from "./conversation.ts";
import type { Amount } from "./estate-suggestion.ts";
import { flowOf, judgeRecorded } from "./judge-recorded.ts";
import type { Habit, RecordedFlow } from "./recorded-flow.ts";

export interface Gathering {
  /** Of those that no rule speaks of. */
  readonly conversations: readonly Conversation[];
  /** Names of hosts that have reported anything. */
  readonly active: ReadonlySet<string>;
  readonly allowed: Amount;
  readonly deniedByRule: Amount;
  readonly unknown: Amount;
}

export interface GatheringContext {
  readonly resolved: ResolvedPolicy;
  /** Where agents reach their server: their own connections there need no rule. */
  readonly server: readonly ServerEnd[];
  /** Told now and then how many flows were looked at. */
  readonly progress: (judged: number) => void;
}

/** Conversations that are kept apart: an estate of a thousand hosts with a hundred peers each. */
const MOST_CONVERSATIONS = 200_000;
const PROGRESS = 10_000;

/** Something that was seen, and when it is usually seen. */
export interface Habitual {
  readonly flow: RecordedFlow;
  readonly habit: Habit;
}

export function gather(flows: Iterable<Habitual>, context: GatheringContext): Gathering {
  const { inventory } = context.resolved;
  const conversations = new Conversations((address) => inventory.hostOf(address)?.name, MOST_CONVERSATIONS);
  const amounts = { allowed: new Sum(), deniedByRule: new Sum(), unknown: new Sum() };
  const active = new Set<string>();
  let judged = 0;
  for (const { flow, habit } of flows) {
    if (++judged % PROGRESS === 0) context.progress(judged);
    for (const one of [flow.egress, flow.ingress]) if (one !== null) active.add(one.host);
    const kind = kindOf(flow, context);
    if (kind === "nobody's") continue;
    if (kind !== "unspoken") amounts[kind].add(flow);
    else if (!conversations.add(flow, wordOf(flow, inventory), habit)) amounts.unknown.add(flow);
  }
  return {
    ...{ conversations: conversations.all(), active },
    allowed: amounts.allowed.amount,
    deniedByRule: amounts.deniedByRule.amount,
    unknown: amounts.unknown.amount,
  };
}

/** Adds up amounts. */
export class Sum {
  #flows = 0;
  #connections = 0;

  add({ flows = 1, connections }: { readonly flows?: number; readonly connections: number }): void {
    this.#flows += flows;
    this.#connections += connections;
  }

  get amount(): Amount {
    return { flows: this.#flows, connections: this.#connections };
  }
}

type Kind = "allowed" | "deniedByRule" | "unknown" | "unspoken" | "nobody's";

function kindOf(flow: RecordedFlow, { resolved, server }: GatheringContext): Kind {
  if (flow.source.address === OTHERS || flow.destination.address === OTHERS) return "unknown";
  const { evaluation } = judgeRecorded(resolved, flow, AS_SAID);
  if (evaluation.egress === null && evaluation.ingress === null) return "nobody's";
  // A deny rule that is only observed is meant: an allow would not help, as a deny wins.
  if (isDeniedByRule(evaluation)) return "deniedByRule";
  return isSpokenOf(evaluation, flowOf(flow), server) ? "allowed" : "unspoken";
}

/** Whether every host that judges it has a rule for it, or needs none. */
export function isSpokenOf(
  { egress, ingress }: Evaluation,
  packet: Pick<Packet, "destination" | "protocol" | "number">,
  server: readonly ServerEnd[],
): boolean {
  return (
    (!needsRule(egress, packet, "egress") || isToServer(packet, server)) &&
    !needsRule(ingress, packet, "ingress")
  );
}

function isDeniedByRule({ egress, ingress }: Evaluation): boolean {
  return [egress, ingress].some((one) => one !== null && one.rule !== null && one.verdict !== "allow");
}

function needsRule(
  judgement: Judgement | null,
  { protocol, number }: Pick<Packet, "protocol" | "number">,
  direction: Direction,
): boolean {
  if (judgement === null || judgement.rule !== null) return false;
  return neverJudged({ direction, protocol, number, sourcePort: undefined }) === undefined;
}

function isToServer(
  { destination, protocol, number }: Pick<Packet, "destination" | "protocol" | "number">,
  server: readonly ServerEnd[],
): boolean {
  return (
    protocol === PROTOCOLS.tcp &&
    server.some(({ address, port }) => port === number && address === destination)
  );
}

function wordOf(flow: RecordedFlow, inventory: ResolvedPolicy["inventory"]): Word {
  if (flow.egress !== null && flow.ingress !== null) return "both";
  if (flow.unconfirmed) return "unconfirmed";
  const isDeniedThere = flow.egress?.verdict === "deny" && inventory.hostOf(flow.destination.address);
  return isDeniedThere ? "denied-at-source" : "only-witness";
}
