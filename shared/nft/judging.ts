/** The chains that judge the flows of one direction. */

import { formatService, PROTOCOLS, type ServiceTerm } from "../net/service.ts";
import type { Direction, Mode } from "../policy/policy.ts";
import type { HostPolicy, HostRule } from "../rules/host-policy.ts";
import { ACCEPT, chain, rule } from "./build.ts";
import { Denials, staleErrors } from "./denial.ts";
import { type Branch, branches, isWholeProtocol, type Stretch, stretches } from "./dispatch.ts";
import type { SetCatalogue } from "./group-sets.ts";
import { type LineContext, ruleLines } from "./rule-lines.ts";
import type { ChainNode, LogTarget, Match, RuleNode } from "./ruleset.ts";

export interface JudgingSettings {
  readonly direction: Direction;
  readonly sets: SetCatalogue;
  readonly log: LogTarget;
  readonly permit: string;
}

/** The direction's own chain first, then those that it leads to. */
export function judgingChains(policy: HostPolicy, settings: JudgingSettings): readonly ChainNode[] {
  const { direction, sets, log, permit } = settings;
  const mode = policy.modes[direction];
  if (mode === "off")
    return [chain(direction, `${direction} is off: nothing is judged`, [rule([], [ACCEPT])])];
  const denials = new Denials(direction, { mode, log, permit });
  const context: LineContext = { sets, permit, denial: (denied) => denials.chainFor(denied) };
  const parts = stretches(inOrder(policy, direction)).map((stretch, at) =>
    partOf(context, stretch, prefix(direction, at)),
  );
  const main = chain(direction, BANNERS[direction][mode], [
    staleErrors(mode),
    ...(direction === "egress" ? ownConnection(policy) : []),
    ...parts.flatMap(({ rules }) => rules),
    ...denials.byDefault(),
  ]);
  return [main, ...parts.flatMap(({ chains }) => chains), ...denials.chains];
}

const BANNERS: Readonly<Record<Direction, Readonly<Record<Exclude<Mode, "off">, string>>>> = {
  ingress: {
    enforce: "what others begin: denies, allows, else dropped",
    observe: "what others begin: observed, never stopped",
  },
  egress: {
    enforce: "what this host begins: denies, allows, else refused",
    observe: "what this host begins: observed, never stopped",
  },
};

/** The agent's own connection to its server, which no policy may cut. */
function ownConnection({ server = [] }: HostPolicy): readonly RuleNode[] {
  return server.map(({ address, port }) =>
    rule(
      [
        { kind: "protocol", protocol: PROTOCOLS.tcp },
        { kind: "number", low: port, high: port },
        {
          kind: "flow-address",
          end: "destination",
          family: address.includes(":") ? 6 : 4,
          in: { block: address },
        },
      ],
      [ACCEPT],
      "the agent's own connection to its server",
    ),
  );
}

/** The order in which judge() asks too: denies, then allows, each as the policy has them. */
function inOrder({ rules }: HostPolicy, direction: Direction): readonly HostRule[] {
  const here = rules.filter((hostRule) => hostRule.direction === direction);
  return [
    ...here.filter(({ action }) => action === "deny"),
    ...here.filter(({ action }) => action === "allow"),
  ];
}

function prefix(direction: Direction, at: number): string {
  return at === 0 ? direction : `${direction}_${at + 1}`;
}

interface Part {
  readonly rules: readonly RuleNode[];
  readonly chains: readonly ChainNode[];
}

function partOf(context: LineContext, stretch: Stretch, name: string): Part {
  if (stretch.kind === "wide") return { rules: wideLines(context, stretch.rule), chains: [] };
  const found = branches(stretch.rules, (protocol, low) => `${name}_${protocolName(protocol)}_${low}`);
  return {
    rules: found.map(({ protocol, entries }) =>
      rule([{ kind: "protocol", protocol }], [{ kind: "dispatch", entries }]),
    ),
    chains: found.flatMap((branch) => branchChains(context, branch)),
  };
}

function branchChains(context: LineContext, { protocol, entries, chains }: Branch): readonly ChainNode[] {
  return chains.map(({ name, rules }) => {
    const terms = entries
      .filter((entry) => entry.chain === name)
      .map(({ low, high }) => ({ protocol, low, high }));
    const lines = rules.flatMap((hostRule) => ruleLines(context, hostRule, []));
    return chain(name, formatService(terms).join(", "), lines);
  });
}

function wideLines(context: LineContext, hostRule: HostRule): readonly RuleNode[] {
  if (hostRule.service === "all") return ruleLines(context, hostRule, []);
  return hostRule.service.flatMap((term) => ruleLines(context, hostRule, termMatches(term)));
}

function termMatches(term: ServiceTerm): readonly Match[] {
  const protocol: Match = { kind: "protocol", protocol: term.protocol };
  return isWholeProtocol(term) ? [protocol] : [protocol, { kind: "number", low: term.low, high: term.high }];
}

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(PROTOCOLS).map(([name, number]) => [number, name]),
);

function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? `proto${protocol}`;
}
