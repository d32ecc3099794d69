/** Odd conversations that belong together, as one finding each. */

import type { Conversation, Speaker } from "./conversation.ts";
import type { EstateRule, OddEnd, OddFinding, OddKind } from "./estate-suggestion.ts";
import { findingWords, type Told } from "./finding-words.ts";
import { Sum } from "./gathering.ts";
import { type Parties, type Party, partyKey } from "./parties.ts";

/** In this order they are told. */
const ORDER: readonly OddKind[] = [
  ...(["one-of-many", "scan", "denied-burst", "lone-word", "unconfirmed", "off-hours"] as const),
  ...(["many-ports", "denied-at-source", "seen-once", "no-service"] as const),
];
const MOST_FINDINGS = 500;
const MOST_WHO = 8;
const MOST_SERVICES = 12;

export interface FindingContext {
  readonly parties: Parties;
  /** A line that would allow these. */
  readonly ruleFor: (finding: OddKind, conversations: readonly Conversation[]) => string | null;
  /** The suggested rule that allows a conversation all the same. */
  readonly coveredBy: (conversation: Conversation) => EstateRule["name"] | undefined;
}

export function findingsOf(
  odd: ReadonlyMap<Conversation, OddKind>,
  context: FindingContext,
): readonly OddFinding[] {
  const together = Map.groupBy([...odd], ([one, kind]) => keyOf(one, kind, context.parties));
  const findings = [...together.values()].flatMap((some) => {
    const [[, kind] = [undefined, undefined]] = some;
    if (kind === undefined) return [];
    return findingOf(
      kind,
      some.map(([one]) => one),
      context,
    );
  });
  return findings.sort(compareFindings).slice(0, MOST_FINDINGS);
}

/** Findings are as few as their reasons: all that one scanner tried is one. */
function keyOf(one: Conversation, kind: OddKind, parties: Parties): string {
  const { from, to, service } = one;
  const [fromParty, toParty] = [partyKey(parties.of(from)), partyKey(parties.of(to))];
  switch (kind) {
    case "scan":
      return JSON.stringify([kind, nameOf(from)]);
    case "one-of-many":
    case "off-hours":
    case "seen-once":
      return JSON.stringify([kind, fromParty, toParty, service]);
    case "lone-word":
      return JSON.stringify([kind, [...one.reporters], one.reporters.has(from.host ?? ""), service]);
    case "many-ports":
      return JSON.stringify([kind, fromParty, toParty]);
    case "unconfirmed":
    case "denied-at-source":
    case "denied-burst":
    case "no-service":
      return JSON.stringify([kind, nameOf(from), toParty]);
  }
}

function findingOf(
  kind: OddKind,
  conversations: readonly Conversation[],
  { parties, ruleFor, coveredBy }: FindingContext,
): OddFinding {
  const seen = new Sum();
  for (const one of conversations) seen.add(one);
  const services = [...new Set(conversations.map(({ service }) => service))].sort();
  const told: Told = {
    kind,
    from: endOf(conversations, "from", parties),
    to: endOf(conversations, "to", parties),
    services: services.slice(0, MOST_SERVICES),
    moreServices: Math.max(0, services.length - MOST_SERVICES),
    seen: seen.amount,
    denied: conversations.reduce((sum, { denied }) => sum + denied, 0),
    first: conversations.reduce((first, one) => Math.min(first, one.first), Number.POSITIVE_INFINITY),
    last: conversations.reduce((last, one) => Math.max(last, one.last), 0),
    days: conversations.reduce((days, one) => Math.max(days, one.days), 0),
  };
  const covering = new Set(conversations.map(coveredBy));
  const [only] = covering;
  return {
    ...told,
    words: findingWords(told),
    rule: ruleFor(kind, conversations),
    coveredBy: covering.size === 1 && only !== undefined ? only : null,
  };
}

function endOf(conversations: readonly Conversation[], end: "from" | "to", parties: Parties): OddEnd {
  const speakers = conversations.map((one) => one[end]);
  const names = [...new Set(speakers.map(nameOf))].sort();
  const party = commonParty(speakers.map((speaker) => parties.of(speaker)));
  const units = conversations.flatMap((one) => [...(end === "from" ? one.fromUnits : one.toUnits)]);
  return {
    segment: party === undefined || party.kind === "stranger" ? null : party.segment,
    who: names.slice(0, MOST_WHO),
    more: Math.max(0, names.length - MOST_WHO),
    ofHosts: party?.kind === "hosts" ? party.hosts : null,
    units: [...new Set(units)].filter((unit) => unit !== "").sort(),
  };
}

/** Undefined where they are of several. */
function commonParty(parties: readonly Party[]): Party | undefined {
  const [first] = parties;
  return first !== undefined && parties.every((one) => partyKey(one) === partyKey(first)) ? first : undefined;
}

function nameOf({ host, address }: Speaker): string {
  return host ?? address;
}

function compareFindings(a: OddFinding, b: OddFinding): number {
  return (
    ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
    b.seen.connections - a.seen.connections ||
    (a.words < b.words ? -1 : a.words > b.words ? 1 : 0)
  );
}
