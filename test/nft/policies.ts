/** Host policies for tests of the ruleset: one that has every construct, and an arbitrary one. */

import type { Family } from "@bulkhead/shared/net/address.ts";
import type { ServiceTerm } from "@bulkhead/shared/net/service.ts";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { Modes } from "@bulkhead/shared/policy/policy.ts";
import type { AddressesOf, Group, HostPolicy, HostRule } from "@bulkhead/shared/rules/host-policy.ts";
import fc from "fast-check";

/** A term for one port, or a range of them. */
export function tcp(low: number, high = low): ServiceTerm {
  return { protocol: 6, low, high };
}

/** A rule that allows https in from anywhere, but for what is said otherwise. */
export function hostRule(
  fields: Partial<HostRule> & { readonly name?: string; readonly line?: number },
): HostRule {
  const { name = "rule", line = 1, ...rest } = fields;
  return {
    direction: "ingress",
    action: "allow",
    rule: { name, file: "shop.yaml", line },
    service: [tcp(443)],
    local: {},
    peers: [{ kind: "any" }],
    ...rest,
  };
}

/** An enforcing host without rules, but for what is said otherwise. */
export function hostPolicy(fields: Partial<HostPolicy> = {}): HostPolicy {
  const modes: Modes = { ingress: "enforce", egress: "enforce" };
  return {
    formatVersion: 1,
    host: "web-1",
    addresses: ["10.0.0.11"],
    modes,
    groups: {},
    rules: [],
    ...fields,
  };
}

const hostile = fc.oneof(
  fc.constantFrom(
    "web",
    "db",
    'a"b',
    "x; flush ruleset",
    "é\u202e\u0000",
    "-",
    "1st",
    "web_4",
    "any",
    "a".repeat(200),
    "$(id)",
    "tcp",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 140 }),
);

const modes = fc.constantFrom("enforce", "observe", "off");
const term = fc.oneof(
  fc
    .tuple(fc.constantFrom(6, 17, 132, 1, 58), fc.nat(30), fc.nat(3))
    .map(([protocol, low, more]) => ({ protocol, low, high: low + more })),
  fc.constantFrom(6, 17, 47, 1, 132, 255, 0).map((protocol) => ({ protocol, low: 0, high: 65535 })),
);
const service = fc.oneof(fc.constant("all" as const), fc.array(term, { minLength: 1, maxLength: 4 }));

function address(family: Family): fc.Arbitrary<string> {
  return fc
    .nat(200)
    .map((number) =>
      family === 4 ? `10.0.0.${number}` : number === 0 ? "fd00::" : `fd00::${number.toString(16)}`,
    );
}
const anyAddress = fc.oneof(address(4), address(6));

const group: fc.Arbitrary<Group> = fc.oneof(
  fc.record({
    kind: fc.constant("hosts" as const),
    segment: hostile,
    same: fc.dictionary(hostile, hostile, { maxKeys: 2 }),
    members: fc.uniqueArray(anyAddress, { maxLength: 6 }),
  }),
  fc.record({
    kind: fc.constant("blocks" as const),
    segment: hostile,
    blocks: fc.subarray([
      "10.1.0.0/16",
      "10.3.0.5-10.3.0.9",
      "192.0.2.7",
      "2001:db8::/32",
      "2001:db9::1-2001:db9::7",
    ]),
  }),
  fc.record({
    kind: fc.constant("names" as const),
    segment: hostile,
    names: fc.subarray(["a.example", "b.example"]),
  }),
);

/** Any policy, also with texts that somebody made up to do harm. */
export const anyPolicy: fc.Arbitrary<HostPolicy> = fc
  .record({
    host: hostile,
    ingress: modes,
    egress: modes,
    groups: fc.array(group, { minLength: 1, maxLength: 4 }),
  })
  .chain(({ host, ingress, egress, groups }) => {
    const ids = groups.map((_, at) => `g${at}`);
    const addresses: fc.Arbitrary<AddressesOf> = fc.oneof(
      fc.constant({ kind: "any" as const }),
      fc.constantFrom(...ids).map((id) => ({ kind: "group" as const, group: id })),
      fc
        .constantFrom("10.9.0.0/24", "10.9.0.5", "fd01::/64", "10.9.1.1-10.9.1.9")
        .map((block) => ({ kind: "block" as const, block })),
    );
    const rules = fc.array(
      fc.record(
        {
          direction: fc.constantFrom("ingress" as const, "egress" as const),
          action: fc.constantFrom("allow" as const, "deny" as const),
          rule: fc.record({ name: hostile, file: hostile, line: fc.integer({ min: 1, max: 9999 }) }),
          service,
          local: fc.record(
            { within: addresses, unit: hostile, user: fc.constantFrom("shop", 'ro"ot') },
            { requiredKeys: [] },
          ),
          peers: fc.array(addresses, { minLength: 1, maxLength: 3 }),
          expires: fc.integer({ min: 0, max: 4_000_000_000_000 }),
        },
        { requiredKeys: ["direction", "action", "rule", "service", "local", "peers"] },
      ),
      { maxLength: 8 },
    );
    return rules.map((made) => ({
      formatVersion: 1 as const,
      host,
      addresses: ["10.0.0.1", "fd00::1"],
      modes: { ingress, egress },
      groups: Object.fromEntries(groups.map((one, at) => [`g${at}`, one])),
      rules: made,
    }));
  });

export const anyFacts: fc.Arbitrary<HostFacts> = fc.record({
  names: fc.dictionary(
    fc.constantFrom("a.example", "b.example"),
    fc.uniqueArray(anyAddress, { maxLength: 3 }),
  ),
  units: fc.constant({}),
  users: fc.dictionary(fc.constant("shop"), fc.nat(70_000)),
});
