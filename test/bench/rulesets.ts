/** The rulesets that are compared, as texts for `nft -f`. */

import { compile } from "@bulkhead/shared/nft/compile.ts";
import { NO_FACTS } from "@bulkhead/shared/nft/facts.ts";
import { DEFAULT_MARK_MASK, type Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { transaction } from "@bulkhead/shared/nft/transaction.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";

/** The n-th stamp, from 0. */
export function stampNumber(n: number): Stamp {
  return { mask: DEFAULT_MARK_MASK, value: (((n % 255) + 1) << 24) >>> 0 };
}

/** What the agent would load for this policy. */
export function bulkheadRuleset(policy: HostPolicy): string {
  const options = { stamp: stampNumber(0), log: { to: "nowhere" }, digest: "bench" } as const;
  return transaction(compile(policy, NO_FACTS, options), undefined);
}

/** Connection tracking, and nothing else: what every stateful firewall pays for. */
export const CONNTRACK_ALONE = `table inet floor {
  chain input {
    type filter hook input priority filter + 10; policy accept;
    ct state invalid drop
  }
}
`;

/** The same rules one after the other, as a simple generator or a person would write them. */
export function linearRuleset(policy: HostPolicy): string {
  const sets = Object.entries(policy.groups).map(([name, group]) => {
    const members = group.kind === "hosts" ? group.members : [];
    return `  set ${name} {\n    type ipv4_addr\n    elements = { ${members.join(", ")} }\n  }\n`;
  });
  const rules = policy.rules.flatMap(({ service, peers }) =>
    service === "all"
      ? []
      : service.flatMap(({ protocol, low, high }) =>
          peers.map(
            (peer) =>
              `    ip saddr @${peer.kind === "group" ? peer.group : ""} ${PORT_OF[protocol]} dport ${low === high ? low : `${low}-${high}`} accept\n`,
          ),
        ),
  );
  return `table inet linear {\n${sets.join("")}  chain input {
    type filter hook input priority filter + 10; policy drop;
    ct state established,related accept
    ct state invalid drop
${rules.join("")}    drop
  }
}
`;
}

const PORT_OF: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp" };
