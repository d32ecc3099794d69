/** A host that is cut off from everything but its server and the places from which it is managed. */

import type { Host } from "@bulkhead/shared/policy/policy.ts";
import type { AddressesOf, HostPolicy, HostRule } from "@bulkhead/shared/rules/host-policy.ts";

/** The name of the rules that isolation consists of, where verdicts name rules. */
export const ISOLATION = "isolation";

/** @param management canonical blocks. The agent's own connection to its server is never judged, and so need not be among them. */
export function isolation({ name, addresses }: Host, management: readonly string[]): HostPolicy {
  const peers: readonly AddressesOf[] = management.map((block) => ({ kind: "block", block }));
  const rule = (direction: HostRule["direction"]): HostRule => ({
    direction,
    action: "allow",
    rule: { name: ISOLATION, file: ISOLATION, line: 0, note: "an operator has isolated this host" },
    service: "all",
    local: {},
    peers,
  });
  return {
    formatVersion: 1,
    host: name,
    addresses,
    modes: { ingress: "enforce", egress: "enforce" },
    groups: {},
    rules: peers.length === 0 ? [] : [rule("ingress"), rule("egress")],
  };
}
