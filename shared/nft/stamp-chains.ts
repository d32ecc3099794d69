/**
 * All that depends on the stamp, in two chains of rules without comments: netlink swaps the stamp by refilling them (agent/kernel/netlink/stamp-rules.ts).
 */

import { ACCEPT, chain, goTo, rule } from "./build.ts";
import type { ChainNode, Match, Stamp } from "./ruleset.ts";

export const CURRENT = "current";
export const PERMIT = "permit";
export const PERMIT_EGRESS = "permit_egress";

/** The fast path. An expected connection (an FTP helper's) inherits its master's mark, so `related` is taken of ICMP alone. */
export function currentChain(stamp: Stamp): ChainNode {
  const stamped: Match = { kind: "stamped", stamp };
  const related: Match = { kind: "flow-state", states: ["related"] };
  return chain(CURRENT, "flows that the current policy has accepted", [
    rule([{ kind: "flow-state", states: ["established", "new"] }, stamped], [ACCEPT]),
    rule([related, { kind: "protocol", protocol: 1 }, stamped], [ACCEPT]),
    rule([related, { kind: "protocol", protocol: 58 }, stamped], [ACCEPT]),
  ]);
}

/** Accepts for good, until the stamp changes. */
export function permitChain(stamp: Stamp): ChainNode {
  return chain(PERMIT, "accepted, and from now on without being asked", [
    rule([], [{ kind: "stamp", stamp }, ACCEPT]),
  ]);
}

/**
 * Where an account decides: a reply must not stamp what the account has not been asked for.
 * @param permit the chain that accepts everything else
 */
export function permitEgressChain(permit: string): ChainNode {
  return chain(PERMIT_EGRESS, "a reply says nothing of the account that began", [
    rule([{ kind: "reply" }], [ACCEPT]),
    rule([], [goTo(permit)]),
  ]);
}
