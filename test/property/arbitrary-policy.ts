/**
 * Random policies over a small world: few hosts, few ports, few addresses, so that rules overlap, shadow and contradict one another all the time. What is made is the
 * policy's text as a value, which `parsePolicy` reads like anybody's.
 */

import fc from "fast-check";

/** The hosts stay the same, so that one estate serves all policies; their labels do not. */
export const HOST_ADDRESSES = {
  alpha: ["10.0.0.1", "fd00::1"],
  beta: ["10.0.0.2", "10.0.0.3", "fd00::2"],
  gamma: ["10.0.0.65", "fd00::41"],
} as const;

export const OUTSIDE_ADDRESSES = [
  "198.51.100.1",
  "198.51.100.200",
  "2001:db8::1",
  "2001:db8:0:1::1",
] as const;
export const UNITS = ["shop.service"] as const;
export const USERS = { shop: 1001 } as const;
export const PORTS = [1000, 1001, 1002, 1003] as const;

const BLOCKS = [
  "10.0.0.0/30",
  "10.0.0.2",
  "10.0.0.0/24",
  "198.51.100.0/25",
  "198.51.100.100-198.51.100.255",
  "198.51.100.1",
  "2001:db8::/64",
  "2001:db8::/32",
  "fd00::2",
  "fd00::/122",
  "0.0.0.0/0",
  "::/0",
];

const SELECTORS = [
  "role=a",
  "role!=a",
  "role in (a, b)",
  "role notin (b)",
  "role",
  "!role",
  "env=x",
  "role=a, env=x",
  "host=beta",
  "host",
];
const SEGMENTS = ["s0", "s1", "s2"];
const ADDRESS_SEGMENTS = ["n0", "n1"];
const MODES = ["enforce", "observe", "off"] as const;

const SERVICES = [
  "all",
  "tcp/*",
  "udp/*",
  "icmp",
  "icmpv6",
  "icmp/echo-request",
  "icmpv6/echo-request",
  ...PORTS.flatMap((port) => [`tcp/${port}`, `udp/${port}`]),
  "tcp/1000-1001",
  "tcp/1001-1003",
  "udp/1000-1002",
  "tcp/0-1001",
  "tcp/1002-65535",
  "named",
];

export interface PolicyValue {
  readonly [section: string]: unknown;
}

export function arbitraryPolicy(): fc.Arbitrary<PolicyValue> {
  return fc.record({
    mode: fc.oneof({ weight: 3, arbitrary: fc.constant("enforce") }, { weight: 2, arbitrary: mode() }),
    segments: segments(),
    services: fc.record({ named: fc.uniqueArray(service("named"), { minLength: 1, maxLength: 3 }) }),
    rules: fc.array(rule(), { minLength: 1, maxLength: 12 }),
    hosts: hosts(),
  });
}

function mode(): fc.Arbitrary<unknown> {
  const one = fc.constantFrom(...MODES);
  return fc.oneof(one, fc.record({ ingress: one, egress: one }));
}

function segments(): fc.Arbitrary<Record<string, unknown>> {
  const selected = fc.record(
    { select: fc.constantFrom(...SELECTORS), mode: mode() },
    { requiredKeys: ["select"] },
  );
  const blocks = fc.record({
    addresses: fc.uniqueArray(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 3 }),
  });
  return fc.record({
    // Without a segment that holds everybody most hosts would be off, and nothing would be tried there.
    everybody: fc.constant({ select: "host" }),
    ...Object.fromEntries(SEGMENTS.map((name) => [name, selected])),
    ...Object.fromEntries(ADDRESS_SEGMENTS.map((name) => [name, blocks])),
  });
}

function hosts(): fc.Arbitrary<Record<string, unknown>> {
  const labels = fc.record(
    { role: fc.constantFrom("a", "b"), env: fc.constantFrom("x", "y") },
    { requiredKeys: [] },
  );
  const host = (addresses: readonly string[]) => labels.map((chosen) => ({ addresses, labels: chosen }));
  return fc.record(
    Object.fromEntries(Object.entries(HOST_ADDRESSES).map(([name, addresses]) => [name, host(addresses)])),
  );
}

function service(...except: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(
    ...SERVICES.filter((name) => !except.includes(name) && !(except.length > 0 && name === "all")),
  );
}

function rule(): fc.Arbitrary<Record<string, unknown>> {
  const action = fc.oneof(
    { weight: 3, arbitrary: fc.constant("allow") },
    { weight: 1, arbitrary: fc.constant("deny") },
  );
  const services = fc.uniqueArray(service(), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(action, services, ends("from"), ends("to"))
        .map(([does, what, from, to]) => ({ [does]: what, from, to })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(action, services, hostEnd(), hostEnd(), fc.constantFrom(["role"], ["env"], ["role", "env"]))
        .map(([does, what, from, to, same]) => ({ [does]: what, from, to, same })),
    },
  );
}

function hostEnd(): fc.Arbitrary<string> {
  return fc.constantFrom(...SEGMENTS, "any-host");
}

function ends(side: "from" | "to"): fc.Arbitrary<unknown[]> {
  const narrowed = fc.record(
    {
      segment: hostEnd(),
      unit: fc.constantFrom(...UNITS),
      ...(side === "from" ? { user: fc.constantFrom(...Object.keys(USERS)) } : {}),
    },
    { requiredKeys: ["segment"] },
  );
  const end = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom<unknown>(...SEGMENTS, "everybody", "everybody", "any", "any", "any-host"),
    },
    { weight: 2, arbitrary: fc.constantFrom<unknown>(...ADDRESS_SEGMENTS) },
    { weight: 2, arbitrary: fc.constantFrom<unknown>(...BLOCKS.filter((block) => !/^[^/]+-/.test(block))) },
    { weight: 1, arbitrary: narrowed },
  );
  return fc.array(end, { minLength: 1, maxLength: 2 });
}
