/** From what all hosts have seen to the smallest readable policy that would allow it, and the questions that are worth asking first. Pure. */

import { day } from "../flow/suggestion-text.ts";
import { serviceHas } from "../net/service.ts";
import type { Host, Policy } from "../policy/policy.ts";
import { type ResolvedPolicy, resolvePolicy } from "../rules/resolve.ts";
import { buildInventory, type Inventory } from "../segments/inventory.ts";
import type { Conversation } from "./conversation.ts";
import type { EstateRule, EstateSuggestion, OddKind, SegmentCoverage } from "./estate-suggestion.ts";
import { estateSuggestionText } from "./estate-suggestion-text.ts";
import { count } from "./finding-words.ts";
import { findingsOf } from "./findings.ts";
import { gather, type Habitual, Sum } from "./gathering.ts";
import { oddAmong } from "./oddities.ts";
import { lineFor } from "./offered-rule.ts";
import { Parties, partyKey } from "./parties.ts";
import { ruleLine } from "./policy-line.ts";
import { type Draft, type Drafts, draftRules } from "./rules.ts";
import { ServiceNames } from "./service-names.ts";
import { Standing } from "./standing.ts";
import type { SuggestionRequest } from "./suggestion-request.ts";
import { together } from "./together.ts";

/** An estate for which nothing has been said yet. */
export function withoutPolicy(hosts: ReadonlyMap<string, Host>): ResolvedPolicy {
  const policy: Policy = {
    mode: { ingress: "observe", egress: "observe" },
    ...{ segments: new Map(), services: new Map(), rules: [], hosts, tests: [], invariants: [] },
  };
  return resolvePolicy(policy, buildInventory(policy));
}

/** Those that stand for hosts in a suggestion, and the policy's others. */
export function segmentsIn({ policy, inventory }: ResolvedPolicy): readonly string[] {
  return [...new Set([...policy.segments.keys(), ...standingIn(policy, inventory).names])].sort();
}

function standingIn(policy: Policy, inventory: Inventory): Standing {
  return new Standing(inventory, [...policy.segments.keys(), ...policy.hosts.keys()]);
}

export function suggestForEstate(flows: Iterable<Habitual>, request: SuggestionRequest): EstateSuggestion {
  const { resolved, segment, units } = request;
  const { policy, inventory } = resolved;
  const { conversations: all, active, ...amounts } = gather(flows, request);
  const standing = standingIn(policy, inventory);
  const parties = new Parties(policy, standing, active);
  const odd = oddAmong(all, parties);
  const members = new Set(segment === undefined ? [] : inventory.members(segment).map(({ name }) => name));
  const concerns = ({ from, to }: Conversation) =>
    segment === undefined ||
    [from, to].some((one) => partyKey(parties.of(one)) === segment || members.has(one.host ?? ""));
  const conversations = all.filter(concerns);
  const names = new ServiceNames(policy, nothingOddIn(odd, parties));
  const labelsOf = (host: string) => inventory.hosts.get(host)?.labels ?? {};
  const drafts = draftRules(
    conversations.filter((one) => !odd.has(one)),
    { parties, names, labelsOf, units },
  );
  const rules = named(drafts, policy);
  const segments = standing.suggested(new Set(drafts.rules.flatMap(({ from, to }) => [...from, ...to])));
  const parts = { suggestedSegments: segments, suggestedPeers: drafts.peers, rules };
  const allowedBy = together(parts, request);
  const covered = conversations.filter((one) => allowedBy(one) !== undefined);
  const seenOdd = new Map([...odd].filter(([one]) => concerns(one)));
  const whole = {
    ...parts,
    ...amounts,
    seen: amountOf(conversations),
    covered: amountOf(covered),
    segments: coverageOf(conversations, new Set(covered), parties),
    odd: findingsOf(seenOdd, {
      parties,
      ruleFor: (kind, some) => lineFor(kind, some, parties),
      coveredBy: allowedBy,
    }),
  };
  return { text: estateSuggestionText(whole, request.files.length === 0), ...whole };
}

function amountOf(conversations: readonly Conversation[]): EstateSuggestion["seen"] {
  const sum = new Sum();
  for (const one of conversations) sum.add(one);
  return sum.amount;
}

/** A service's name that would let odd ones through is not used. */
function nothingOddIn(
  odd: ReadonlyMap<Conversation, OddKind>,
  parties: Parties,
): ConstructorParameters<typeof ServiceNames>[1] {
  const between = Map.groupBy(odd.keys(), ({ from, to }) =>
    JSON.stringify([partyKey(parties.of(from)), partyKey(parties.of(to))]),
  );
  return ({ from, to }, service) =>
    from.every((sender) =>
      to.every((receiver) =>
        (between.get(JSON.stringify([sender, receiver])) ?? []).every(
          ({ sample }) => !serviceHas(service, sample.protocol, sample.number),
        ),
      ),
    );
}

function named({ rules }: Drafts, policy: Policy): readonly EstateRule[] {
  const taken = new Set(policy.rules.map(({ name }) => name));
  return rules.map((draft) => {
    const name = freeName(wishFor(draft), taken);
    taken.add(name);
    const { from, to, services, same, fromUnit, toUnit, conversations } = draft;
    const hosts = new Set(conversations.flatMap((one) => [one.from.host, one.to.host]));
    hosts.delete(undefined);
    const seen = amountOf(conversations);
    const last = conversations.reduce((latest, one) => Math.max(latest, one.last), 0);
    const note = `${count(seen.connections, "connection")} of ${count(hosts.size, "host")}, last ${day(last)}`;
    const text = ruleLine({ name, services, from, to, same, fromUnit, toUnit, note });
    const ends = {
      ...(fromUnit === undefined ? {} : { fromUnit }),
      ...(toUnit === undefined ? {} : { toUnit }),
    };
    return { name, services, from, to, same, ...ends, seen, hosts: hosts.size, last, text };
  });
}

const MOST_OF_A_NAME = 60;

function wishFor({ from, to }: Draft): string {
  const called = (ends: readonly string[]) => (ends.length === 1 ? (ends[0] ?? "") : "several");
  const [sender, receiver] = [called(from), called(to)].map((name) => name.slice(0, MOST_OF_A_NAME));
  return `${sender}-to-${receiver}`;
}

function freeName(wish: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wish)) return wish;
  for (let at = 2; ; at++) if (!taken.has(`${wish}-${at}`)) return `${wish}-${at}`;
}

function coverageOf(
  conversations: readonly Conversation[],
  covered: ReadonlySet<Conversation>,
  parties: Parties,
): readonly SegmentCoverage[] {
  const sums = new Map<string, { hosts: number; seen: Sum; covered: Sum }>();
  for (const one of conversations) {
    const both = [parties.of(one.from), parties.of(one.to)].filter(({ kind }) => kind === "hosts");
    for (const party of new Map(both.map((party) => [partyKey(party), party])).values()) {
      const hosts = party.kind === "hosts" ? party.hosts : 0;
      const sum = sums.getOrInsertComputed(partyKey(party), () => ({
        hosts,
        seen: new Sum(),
        covered: new Sum(),
      }));
      sum.seen.add(one);
      if (covered.has(one)) sum.covered.add(one);
    }
  }
  return [...sums]
    .map(([segment, { hosts, seen, covered: got }]) => ({
      ...{ segment, hosts, seen: seen.amount, covered: got.amount },
    }))
    .sort((a, b) => (a.segment < b.segment ? -1 : 1));
}
