/** One rule of the host's policy as lines of a chain: one a peer and family. */

import type { Family } from "../net/address.ts";
import type { AddressesOf, HostRule } from "../rules/host-policy.ts";
import { ACCEPT, COUNTER, goTo, rule } from "./build.ts";
import { ruleComment } from "./comment.ts";
import type { Operand, SetCatalogue } from "./group-sets.ts";
import { ACCEPT_UNLESS_OVERTAKEN } from "./overtaken.ts";
import type { FlowEnd, Match, RuleNode, Statement } from "./ruleset.ts";

/** What the lines of a direction have in common. */
export interface LineContext {
  readonly sets: SetCatalogue;
  /** The chain that accepts for good. */
  readonly permit: string;
  /** The chain that a denying rule goes to. */
  readonly denial: (rule: HostRule) => string;
}

/** @param service the matches on protocol and number, where the chain itself does not stand for them. */
export function ruleLines(
  context: LineContext,
  hostRule: HostRule,
  service: readonly Match[],
): readonly RuleNode[] {
  const comment = ruleComment(hostRule.rule);
  const time: readonly Match[] =
    hostRule.expires === undefined ? [] : [{ kind: "before", time: hostRule.expires }];
  return ends(context.sets, hostRule).flatMap((addresses) =>
    processes(context.sets, hostRule).flatMap((process) => [
      rule([...addresses, ...service, ...process, ...time], [COUNTER, verdict(context, hostRule)], comment),
      ...replyLine(hostRule, [...addresses, ...service, ...time], comment),
    ]),
  );
}

/** An allow that ends one day accepts without a stamp, so that every packet asks the clock again. */
function verdict({ permit, denial }: LineContext, hostRule: HostRule): Statement {
  if (hostRule.action === "deny") return goTo(denial(hostRule));
  return hostRule.expires === undefined ? goTo(permit) : ACCEPT_UNLESS_OVERTAKEN;
}

/** Who receives a reply is not known on input: it passes by address, unstamped, and the account's next packet is what counts. */
function replyLine(
  { action, local }: HostRule,
  matches: readonly Match[],
  comment: string,
): readonly RuleNode[] {
  if (local.user === undefined || action === "deny") return [];
  return [rule([...matches, { kind: "reply" }], [ACCEPT], comment)];
}

function processes(sets: SetCatalogue, { local }: HostRule): readonly (readonly Match[])[] {
  const account: readonly Match[] =
    local.user === undefined ? [] : [{ kind: "account", set: sets.account(local.user) }];
  if (local.unit === undefined) return [account];
  return sets.unit(local.unit).map(({ level, set }) => [{ kind: "cgroup", level, set }, ...account]);
}

/** Each pair of peer and local operands that can be of one flow. */
function ends(sets: SetCatalogue, { direction, peers, local }: HostRule): readonly (readonly Match[])[] {
  const [peerEnd, localEnd]: readonly [FlowEnd, FlowEnd] =
    direction === "ingress" ? ["source", "destination"] : ["destination", "source"];
  const within: readonly Operand[] =
    local.within === undefined ? [{ family: undefined }] : sets.operands(local.within);
  return broadest(peers)
    .flatMap((peer) => sets.operands(peer))
    .flatMap((peer) =>
      within
        .filter((own) => sameFamily(peer, own))
        .map((own) => [...addressMatch(peerEnd, peer), ...addressMatch(localEnd, own)]),
    );
}

/** Beside everything, nothing else needs a line. */
function broadest(peers: readonly AddressesOf[]): readonly AddressesOf[] {
  const any = peers.find(({ kind }) => kind === "any");
  return any === undefined ? peers : [any];
}

function sameFamily(a: Operand, b: Operand): boolean {
  return a.family === undefined || b.family === undefined || a.family === b.family;
}

function addressMatch(end: FlowEnd, operand: Operand): readonly Match[] {
  if (operand.family === undefined) return [];
  const family: Family = operand.family;
  return [{ kind: "flow-address", end, family, in: operand.in }];
}
