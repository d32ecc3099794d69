/** From a line of `packets.txt` to the attempts that it stands for: one for each family that both ends have. */

import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import { evaluate } from "@bulkhead/shared/rules/evaluate.ts";
import type { Attempt } from "../oracle/attempt.ts";
import type { FlowEnd, FlowText } from "./packet-lines.ts";
import type { Story } from "./story.ts";

/** Attempts of one line, at least one. Their evaluations should all be the same. */
export function attemptsOf(story: Story, flow: FlowText): Attempt[] {
  const { resolved } = story;
  if (!resolved) throw new Error(`${story.name} is invalid and has no packets`);
  const pairs = addressPairs(story, flow);
  if (pairs.length === 0) throw new Error(`${flow.from.name} and ${flow.to.name} have no family in common`);
  return pairs.map(([source, destination]) => {
    const question = {
      // A DNS name is asked as such: that it has this address is the hosts' knowledge and not the policy's.
      source: flow.from.name in story.facts.names ? flow.from.name : source,
      destination: flow.to.name in story.facts.names ? flow.to.name : destination,
      protocol: flow.protocol,
      number: flow.number,
      ...(flow.from.port === undefined ? {} : { sourcePort: flow.from.port }),
      ...(flow.from.unit === undefined ? {} : { unit: flow.from.unit }),
      ...(flow.from.user === undefined ? {} : { user: flow.from.user }),
      ...(flow.to.unit === undefined ? {} : { listener: flow.to.unit }),
    };
    return { flow: question, evaluation: evaluate(resolved, question), source, destination };
  });
}

/** Addresses that belong to no host of the policy. */
export function outsideAddresses(story: Story, flows: readonly FlowText[]): string[] {
  const ends = flows.flatMap(({ from, to }) => [from, to]);
  const outside = ends.filter(({ name }) => !story.resolved?.hosts.has(name));
  return [...new Set(outside.flatMap((end) => addressesOf(story, end)))];
}

function addressPairs(story: Story, { from, to, protocol }: FlowText): [string, string][] {
  const only = protocol === PROTOCOLS.icmp ? [4] : protocol === PROTOCOLS.icmpv6 ? [6] : [4, 6];
  const pairs = addressesOf(story, from).flatMap((source) =>
    addressesOf(story, to).map((destination): [string, string] => [source, destination]),
  );
  return pairs.filter(([a, b]) => familyOf(a) === familyOf(b) && only.includes(familyOf(a)));
}

function addressesOf(story: Story, { name, address }: FlowEnd): readonly string[] {
  if (address !== undefined) return [address];
  return story.resolved?.hosts.get(name)?.addresses ?? story.facts.names[name] ?? [name];
}

function familyOf(text: string): 4 | 6 {
  const address = parseAddress(text);
  if (!address) throw new Error(`neither a host, a known name nor an address: ${text}`);
  return address.family;
}
