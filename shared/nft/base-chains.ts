/** The two chains that the kernel calls, and what is never judged. */

import type { Mode } from "../policy/policy.ts";
import { ACCEPT, COUNTER, chain, DROP, goTo, jumpTo, rule } from "./build.ts";
import type { ChainNode, Match, RuleNode } from "./ruleset.ts";
import { CURRENT } from "./stamp-chains.ts";

const HOOKS = {
  input: { side: "in", own: "ingress", other: "egress" },
  output: { side: "out", own: "egress", other: "ingress" },
} as const;

/**
 * What the kernel calls for every packet of this host. A reply belongs to a flow of the other direction, so it is the flow and not the hook that
 * decides who judges.
 */
export function hookChain(hook: "input" | "output", mode: Mode): ChainNode {
  const { side, own, other } = HOOKS[hook];
  const enforced = mode === "enforce";
  const rules: readonly RuleNode[] = [
    rule([], [jumpTo(CURRENT)]),
    rule([{ kind: "loopback", side }], [ACCEPT]),
    // None of it is TCP, so TCP need not be asked.
    rule([{ kind: "not-tcp" }], [jumpTo(neverJudged(side))]),
    rule([{ kind: "flow-state", states: ["invalid"] }], [COUNTER, enforced ? DROP : ACCEPT], "invalid"),
    rule([{ kind: "reply" }], [goTo(other)]),
    rule([], [goTo(own)]),
  ];
  return {
    kind: "chain",
    name: hook,
    base: { hook, policy: enforced ? "drop" : "accept" },
    banner: BANNERS[hook],
    rules,
  };
}

/** What passes on this side of the host whatever the policy says. */
export function neverJudgedChain(side: "in" | "out"): ChainNode {
  return chain(neverJudged(side), "what no policy may cut", [
    ...discovery(side),
    ...pathMtu(),
    ...dhcp(side),
  ]);
}

function neverJudged(side: "in" | "out"): string {
  return `never_judged_${side}`;
}

const BANNERS = { input: "what comes to this host", output: "what leaves this host" } as const;

function discovery(side: "in" | "out"): readonly RuleNode[] {
  return [
    rule([{ kind: "neighbour-discovery" }], [ACCEPT]),
    rule([{ kind: "listener-report", side }], [ACCEPT]),
  ];
}

function pathMtu(): readonly RuleNode[] {
  return [
    rule([{ kind: "path-mtu", family: 4 }], [ACCEPT]),
    rule([{ kind: "path-mtu", family: 6 }], [ACCEPT]),
  ];
}

const DHCP = [
  { family: 4, client: 68, server: 67 },
  { family: 6, client: 546, server: 547 },
] as const;

/** As a client: asking on the way out, hearing the answer on the way in. */
function dhcp(side: "in" | "out"): readonly RuleNode[] {
  return DHCP.map(({ family, client, server }) => {
    const [source, destination] = side === "out" ? [client, server] : [server, client];
    const match: Match = { kind: "udp-pair", family, source, destination };
    return rule([match], [ACCEPT]);
  });
}
