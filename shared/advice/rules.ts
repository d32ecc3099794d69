/** From ordinary conversations to as few rules as say just them. */

import { isAnybody, sortedAddresses } from "../flow/strangers.ts";
import { serviceOfExpression } from "../flow/suggested-service.ts";
import { type Service, unionServices } from "../net/service.ts";
import type { Conversation } from "./conversation.ts";
import type { PeerSegment } from "./estate-suggestion.ts";
import type { Exchange, Parties, Party } from "./parties.ts";
import { commonValues } from "./same-labels.ts";
import type { ServiceNames } from "./service-names.ts";

/** A rule before it has a name and its text. */
export interface Draft {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly service: Service;
  /** As the policy's language names them. */
  readonly services: readonly string[];
  readonly same: readonly string[];
  readonly fromUnit: string | undefined;
  readonly toUnit: string | undefined;
  readonly conversations: readonly Conversation[];
}

export interface DraftingContext {
  readonly parties: Parties;
  readonly names: ServiceNames;
  readonly labelsOf: (host: string) => Readonly<Record<string, string>>;
  /** Whether rules name units where one alone was seen. */
  readonly units: boolean;
}

export interface Drafts {
  readonly rules: readonly Draft[];
  readonly peers: readonly PeerSegment[];
}

export function draftRules(conversations: readonly Conversation[], context: DraftingContext): Drafts {
  const peers = new PeerSegments();
  const single = context.parties
    .exchanges(conversations)
    .map((exchange) => draftOf(exchange, context, peers));
  const rules = byTo(byFrom(byServices(single)));
  return { rules: rules.map((draft) => ({ ...draft, services: context.names.of(draft) })), peers: peers.all };
}

function draftOf(
  { from, to, service, conversations }: Exchange,
  { labelsOf, units }: DraftingContext,
  peers: PeerSegments,
): Draft {
  const isBetweenHosts = from.kind === "hosts" && to.kind === "hosts";
  const pairs = conversations.flatMap((one) =>
    one.from.host === undefined || one.to.host === undefined
      ? []
      : { from: labelsOf(one.from.host), to: labelsOf(one.to.host) },
  );
  return {
    from: [
      peers.nameOf(
        from,
        conversations.map((one) => one.from.address),
      ),
    ],
    to: [
      peers.nameOf(
        to,
        conversations.map((one) => one.to.address),
      ),
    ],
    service: serviceOfExpression(service),
    services: [],
    same: isBetweenHosts ? commonValues(pairs) : [],
    fromUnit: units ? stableUnit(from, conversations, "fromUnits") : undefined,
    toUnit: units ? stableUnit(to, conversations, "toUnits") : undefined,
    conversations,
  };
}

/** One service unit alone was seen at this end, always. A session's or a container's scope has another name tomorrow. */
function stableUnit(
  party: Party,
  conversations: readonly Conversation[],
  end: "fromUnits" | "toUnits",
): string | undefined {
  if (party.kind !== "hosts") return undefined;
  const units = new Set(conversations.flatMap((one) => [...one[end]]));
  const [only] = units;
  return units.size === 1 && only?.endsWith(".service") ? only : undefined;
}

/** Names for strangers: equal ones are one segment. */
class PeerSegments {
  readonly #byAddresses = new Map<string, PeerSegment>();

  get all(): readonly PeerSegment[] {
    return [...this.#byAddresses.values()];
  }

  nameOf(party: Party, addresses: readonly string[]): string {
    if (party.kind !== "stranger") return party.segment;
    const sorted = sortedAddresses(addresses);
    if (isAnybody(sorted)) return "any";
    const made = this.#byAddresses.getOrInsertComputed(sorted.join(" "), () => ({
      name: `suggested-peers-${this.#byAddresses.size + 1}`,
      addresses: sorted,
    }));
    return made.name;
  }
}

type Merge = (drafts: readonly Draft[]) => readonly Draft[];

/** Services between the same ends are one rule. */
const byServices: Merge = (drafts) =>
  merged(drafts, ({ from, to, same, fromUnit, toUnit }) => [from, to, same, fromUnit, toUnit]);

/** Ends that use the same of one end, and those that one end uses alike. */
const byFrom: Merge = (drafts) =>
  merged(drafts, ({ to, service, same, fromUnit, toUnit }) => [to, service, same, fromUnit, toUnit]);
const byTo: Merge = (drafts) =>
  merged(drafts, ({ from, service, same, fromUnit, toUnit }) => [from, service, same, fromUnit, toUnit]);

function merged(drafts: readonly Draft[], alike: (draft: Draft) => readonly unknown[]): readonly Draft[] {
  const groups = Map.groupBy(drafts, (draft) => JSON.stringify(alike(draft).map((one) => one ?? null)));
  return [...groups.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const all = <Key extends "from" | "to">(key: Key) => [...new Set(some.flatMap((one) => one[key]))].sort();
    return {
      ...first,
      from: all("from"),
      to: all("to"),
      service: unionServices(...some.map(({ service }) => service)),
      conversations: some.flatMap(({ conversations }) => conversations),
    };
  });
}
