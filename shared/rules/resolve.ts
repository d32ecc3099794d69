import { BulkheadError } from "../errors/bulkhead-error.ts";
import { labelOf } from "../policy/labels.ts";
import type { Policy } from "../policy/policy.ts";
import type { HostRecord, Inventory } from "../segments/inventory.ts";
import { GroupBook, type Groups } from "./groups.ts";
import type { Group, HostPolicy, HostRule } from "./host-policy.ts";
import { endKey, endsOfHosts } from "./local-ends.ts";
import { LocalRule } from "./local-rule.ts";
import { shareMembership } from "./membership.ts";

/** A policy together with the hosts that it is about: what each host must enforce. */
export interface ResolvedPolicy {
  readonly policy: Policy;
  readonly inventory: Inventory;
  readonly hosts: ReadonlyMap<string, HostRecord>;
  /** The time at which questions are asked, in milliseconds since 1970-01-01T00:00Z; without one, no rule has expired. */
  readonly now?: number;
  /** Made when it is first asked for. Throws `command/unknown-host`. */
  hostPolicy(host: string): HostPolicy;
}

/**
 * A rule that has expired by `now` is still in the host policies, because the kernel itself lets it end: what a host must enforce does not
 * depend on when it was asked.
 */
export function resolvePolicy(
  policy: Policy,
  inventory: Inventory,
  options: { now?: number } = {},
): ResolvedPolicy {
  const book = new GroupBook(policy, inventory);
  const ends = endsOfHosts(policy, inventory);
  const resolver = new Resolver({
    policy,
    groups: book,
    endsOf: (host) => ends.get(host) ?? [],
    made: (groups) => shareMembership(groups, book.membership),
  });
  const made = new Map<string, HostPolicy>();
  return {
    policy,
    inventory,
    hosts: inventory.hosts,
    ...(options.now === undefined ? {} : { now: options.now }),
    hostPolicy(name) {
      return made.getOrInsertComputed(name, () => {
        const host = inventory.hosts.get(name);
        if (host === undefined)
          throw new BulkheadError("command/unknown-host", `the policy knows no host '${name}'`);
        return resolver.hostPolicy(host);
      });
    },
  };
}

/** The part of a host policy that all hosts share at which the same rules stand. */
interface Shared {
  readonly groups: Readonly<Record<string, Group>>;
  readonly rules: readonly HostRule[];
}

export interface ResolverParts {
  readonly policy: Policy;
  readonly groups: Groups;
  /** The keys of the endpoints that a host stands at; see `endsOfHosts`. */
  readonly endsOf: (host: HostRecord) => readonly string[];
  /** Told of every object of groups that a host policy has. */
  readonly made?: (groups: HostPolicy["groups"]) => void;
}

/** Makes host policies one at a time; hosts at which the same rules stand share all but their own names and addresses. */
export class Resolver {
  readonly #book: Groups;
  readonly #endsOf: ResolverParts["endsOf"];
  readonly #tell: NonNullable<ResolverParts["made"]>;
  /** In the policy's order; a rule's two directions are neighbours. */
  readonly #rules: readonly LocalRule[];
  /** Key of an endpoint -> positions in `#rules` of those that it is a local end of, ascending. */
  readonly #standing = new Map<string, number[]>();
  /** The labels that any rule's `same` asks for. */
  readonly #labels: readonly string[];
  readonly #shared = new Map<string, Shared>();

  constructor({ policy, groups, endsOf, made }: ResolverParts) {
    this.#book = groups;
    this.#endsOf = endsOf;
    this.#tell = made ?? (() => {});
    this.#labels = [...new Set(policy.rules.flatMap((rule) => rule.same))];
    this.#rules = policy.rules.flatMap((rule) => [
      new LocalRule(policy, rule, "egress", this.#book),
      new LocalRule(policy, rule, "ingress", this.#book),
    ]);
    this.#rules.forEach((rule, at) => {
      for (const key of new Set(rule.localEnds.map(endKey)))
        this.#standing.getOrInsertComputed(key, () => []).push(at);
    });
  }

  hostPolicy(host: HostRecord): HostPolicy {
    const { groups, rules } = this.#sharedBy(host);
    return {
      formatVersion: 1,
      host: host.name,
      addresses: host.addresses,
      modes: host.modes,
      groups,
      rules,
    };
  }

  #sharedBy(host: HostRecord): Shared {
    const ends = this.#endsOf(host);
    const key = JSON.stringify([ends, this.#labels.map((label) => labelOf(host.labels, label) ?? null)]);
    return this.#shared.getOrInsertComputed(key, () => this.#resolve(host, ends));
  }

  #resolve(host: HostRecord, ends: readonly string[]): Shared {
    const endSet = new Set(ends);
    const positions = new Set(ends.flatMap((end) => this.#standing.get(end) ?? []));
    const rules = [...positions]
      .sort((a, b) => a - b)
      .flatMap((at) => this.#rules[at]?.standingOn(host, endSet) ?? []);
    return { rules, groups: this.#groupsOf(rules) };
  }

  /** In the order in which the rules name them, so that equal policies are equal texts. */
  #groupsOf(rules: readonly HostRule[]): Readonly<Record<string, Group>> {
    const ids = new Set<string>();
    for (const { local, peers } of rules) {
      if (local.within?.kind === "group") ids.add(local.within.group);
      for (const peer of peers) if (peer.kind === "group") ids.add(peer.group);
    }
    // Without a prototype, an id is nothing but a key, and building thousands of such objects takes a fifth of the time.
    const groups: Record<string, Group> = Object.create(null);
    for (const id of ids) groups[id] = this.#book.group(id);
    this.#tell(groups);
    return groups;
  }
}
