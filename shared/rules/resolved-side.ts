import type { Modes, Policy } from "../policy/policy.ts";
import type { HostRecord } from "../segments/inventory.ts";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { namedBlocks, nounsOf, segmentNoun } from "./nouns.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import type { Noun, Point, Side } from "./side.ts";

/** A whole policy as one side: flows are judged on both of their hosts. */
export function resolvedSide(resolved: ResolvedPolicy): Side {
  const { policy, inventory, now } = resolved;
  return {
    now,
    policyAt: (address) => {
      const host = inventory.hostOf(address);
      return host && resolved.hostPolicy(host.name);
    },
    blocks: blocksIn(resolved),
    points: pointsOf(resolved),
    names: namesIn(policy),
    nouns: nounsOf(resolved),
  };
}

const ENFORCED: Modes = { ingress: "enforce", egress: "enforce" };

/**
 * The same as the policy says it, however far its enforcement has come: every host of which it says anything enforces; see `AS_SAID`.
 */
export function saidSide(resolved: ResolvedPolicy): Side {
  const { inventory } = resolved;
  const said = new Map<string, HostPolicy>();
  const side = resolvedSide(resolved);
  return {
    ...side,
    policyAt: (address) => {
      const host = inventory.hostOf(address);
      return (
        host &&
        said.getOrInsertComputed(host.name, () => {
          const policy = resolved.hostPolicy(host.name);
          return host.segments.length === 0 ? policy : { ...policy, modes: ENFORCED };
        })
      );
    },
  };
}

/** Two addresses are treated alike where the same rules stand on their hosts, in the same modes, and the same blocks hold them. */
function pointsOf(resolved: ResolvedPolicy): readonly Point[] {
  const classes = new Map<readonly HostRule[], number>();
  // Hosts that no segment holds stay off where others are asked what the policy says of them.
  const signatureOf = ({ name, modes, segments }: HostRecord) => {
    const { rules } = resolved.hostPolicy(name);
    const number = classes.getOrInsertComputed(rules, () => classes.size);
    return `${number} ${modes.ingress} ${modes.egress} ${segments.length > 0}`;
  };
  return [...resolved.hosts.values()].flatMap((host) => {
    const signature = signatureOf(host);
    return host.addresses.map((address) => ({ address, owner: host.name, signature }));
  });
}

/** The blocks that rules name, by themselves or as segments. */
function blocksIn({ policy, inventory }: ResolvedPolicy): readonly Noun[] {
  const named = new Set(
    policy.rules
      .flatMap(({ from, to }) => [...from, ...to])
      .flatMap((end) => (end.kind === "segment" ? end.segment : [])),
  );
  const segments = [...policy.segments.values()].filter(
    ({ kind, name }) => kind === "addresses" && named.has(name),
  );
  return [...segments.map((segment) => segmentNoun(segment, inventory)), ...namedBlocks(policy)];
}

/** Every DNS name of the policy, with the segments that hold it. */
function namesIn(policy: Policy): ReadonlyMap<string, string> {
  const holders = new Map<string, string[]>();
  for (const segment of policy.segments.values())
    if (segment.kind === "names")
      for (const name of segment.names) holders.getOrInsertComputed(name, () => []).push(segment.name);
  return new Map(Array.from(holders, ([name, segments]) => [name, JSON.stringify(segments)]));
}
