/**
 * Which conversations are too odd to make a rule of, and why. What each threshold rests on: what a service needs, most of its hosts do, again and again; what looks for a
 * way in is done by one, tries much, and finds little.
 */

import { isAnybody, networksOf } from "../flow/strangers.ts";
import type { Conversation } from "./conversation.ts";
import type { OddKind } from "./estate-suggestion.ts";
import { type Exchange, type Parties, partyKey } from "./parties.ts";
import { scanningAmong } from "./scans.ts";

const MINUTE = 60_000;
/** One that was seen once and lasted lives, so somebody needs it. */
const LASTS = MINUTE;
/** Attempts that were all denied, in so short a time. */
const BURST = { attempts: 20, within: 10 * MINUTE } as const;
/** On so many days it is a habit: two of a kind may have different parts, such as primary and standby. */
const HABIT_DAYS = 3;
/** Of so many hosts, a tenth are few. */
const MANY_HOSTS = 10;
/** More services than these between the same parties are no list that anybody would keep. */
const MANY_SERVICES = 16;
const OFF_HOURS_DAYS = 2;
/** Strangers are everybody only where a second host has seen as many as these, so that no host can make them up alone. */
const SECOND_WITNESS = { addresses: 10, networks: 5 } as const;

const NO_SERVICE = /^(?:tcp|udp|sctp)\/0$/;

/** By conversation; those that are not in it are ordinary. */
export function oddAmong(
  conversations: readonly Conversation[],
  parties: Parties,
): ReadonlyMap<Conversation, OddKind> {
  const odd = new Map<Conversation, OddKind>();
  const scanning = scanningAmong(conversations);
  for (const one of conversations) {
    const kind = oddByItself(one, scanning);
    if (kind !== undefined) odd.set(one, kind);
  }
  const rest = () => conversations.filter((one) => !odd.has(one));
  for (const exchange of parties.exchanges(rest()))
    for (const [one, kind] of oddInExchange(exchange)) odd.set(one, kind);
  for (const one of manyServices(parties.exchanges(rest()))) odd.set(one, "many-ports");
  return odd;
}

function oddByItself(one: Conversation, scanning: ReadonlySet<Conversation>): OddKind | undefined {
  const { service, word, connections, denied, first, last } = one;
  if (NO_SERVICE.test(service)) return "no-service";
  if (word === "unconfirmed") return "unconfirmed";
  if (scanning.has(one)) return "scan";
  const isBurst = denied === connections && denied >= BURST.attempts && last - first <= BURST.within;
  if (isBurst) return "denied-burst";
  return word === "denied-at-source" ? "denied-at-source" : undefined;
}

type Odd = readonly (readonly [Conversation, OddKind])[];

function oddInExchange(exchange: Exchange): Odd {
  const { conversations } = exchange;
  const all = (kind: OddKind): Odd => conversations.map((one) => [one, kind]);
  const confirmed = conversations.filter(({ word }) => word === "both");
  if (confirmed.length === 0) return loneWords(exchange);
  // What one end alone can tell of is covered by what both ends told of the same.
  const { from } = exchange;
  const doers = new Set(confirmed.map((one) => one.from.host ?? one.from.address));
  const days = Math.max(...confirmed.map((one) => one.days));
  if (from.kind === "hosts" && isFew(doers.size, from.hosts, days)) return all("one-of-many");
  const [only] = conversations;
  if (only !== undefined && conversations.length === 1 && isOnce(only)) return all("seen-once");
  const isOff = conversations.every(({ onlyQuietHours }) => onlyQuietHours) && days <= OFF_HOURS_DAYS;
  return isOff ? all("off-hours") : [];
}

function isOnce({ connections, first, last }: Conversation): boolean {
  return connections === 1 && last - first < LASTS;
}

function isFew(some: number, of: number, days: number): boolean {
  if (some === 1 && of === 2) return days < HABIT_DAYS;
  return (some === 1 && of > 2) || (of >= MANY_HOSTS && some <= of / MANY_HOSTS);
}

/** Where the other end does not report, a second host has to have seen the same: what one host alone tells, it may have made up. */
function loneWords({ from, to, conversations }: Exchange): Odd {
  const witnesses = new Set(conversations.map(reporterOf));
  const all = (kind: OddKind): Odd => conversations.map((one) => [one, kind]);
  const [one] = conversations;
  if (one === undefined) return [];
  const isFromHost = one.reporters.has(one.from.host ?? "");
  const [here, there] = isFromHost ? [from, to] : [to, from];
  const hosts = here.kind === "hosts" ? here.hosts : 1;
  if (hosts > 1 && (witnesses.size === 1 || isFew(witnesses.size, hosts, 0))) return all("one-of-many");
  if (witnesses.size === 1) return all("lone-word");
  if (partyKey(there) !== "" || isEverybody(conversations, isFromHost)) return [];
  const byAddress = Map.groupBy(conversations, ({ from, to }) => (isFromHost ? to : from).address);
  return [...byAddress.values()]
    .filter((some) => new Set(some.map(reporterOf)).size === 1)
    .flatMap((some) => some.map((lone): Odd[number] => [lone, "lone-word"]));
}

function reporterOf({ reporters }: Conversation): string {
  return [...reporters].join(" ");
}

function isEverybody(conversations: readonly Conversation[], isFromHost: boolean): boolean {
  const strangerOf = ({ from, to }: Conversation) => (isFromHost ? to : from).address;
  if (!isAnybody([...new Set(conversations.map(strangerOf))])) return false;
  const seen = [...Map.groupBy(conversations, reporterOf).values()].map((some) => some.map(strangerOf));
  const [, second = []] = seen.sort((a, b) => b.length - a.length);
  return second.length >= SECOND_WITNESS.addresses && networksOf(second) >= SECOND_WITNESS.networks;
}

function manyServices(exchanges: readonly Exchange[]): readonly Conversation[] {
  const between = Map.groupBy(exchanges, ({ from, to }) => JSON.stringify([partyKey(from), partyKey(to)]));
  return [...between.values()]
    .filter((some) => some.length > MANY_SERVICES)
    .flatMap((some) => some.flatMap(({ conversations }) => conversations));
}
