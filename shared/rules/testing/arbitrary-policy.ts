/** Small random policies in which everything meets everything: few names, few addresses, few ports. */

import fc from "fast-check";
import type { Mode } from "../../policy/policy.ts";
import type { ResolvedPolicy } from "../resolve.ts";
import { resolved } from "./policies.ts";

/** A policy as its author writes it, every part of it optional. */
export interface Sections {
  readonly mode: Mode;
  readonly segments: Readonly<Record<string, SegmentText>>;
  readonly rules: readonly RuleText[];
  readonly hosts: Readonly<
    Record<string, { readonly addresses: string[]; readonly labels: Record<string, string> }>
  >;
}

export type SegmentText =
  | { readonly select: string; readonly mode?: { ingress?: Mode; egress?: Mode } }
  | { readonly addresses: readonly string[] }
  | { readonly names: readonly string[] };

export interface RuleText {
  readonly name: string;
  readonly allow?: string | readonly string[];
  readonly deny?: string | readonly string[];
  readonly from: readonly EndText[];
  readonly to: readonly EndText[];
  readonly same?: readonly string[];
  readonly expires?: string;
}

export type EndText = string | { readonly segment: string; readonly unit?: string; readonly user?: string };

/** Rules expire then, if they do. */
export const END = Date.UTC(2030, 0, 1);

export const SELECTORS = [
  "role=web",
  "role=db",
  "role in (web, api)",
  "env=prod",
  "env!=prod",
  "!env",
  "role=web, env=dev",
  "host=h0",
] as const;

const BLOCKS = [
  "10.0.0.0/30",
  "10.0.0.0/29",
  "10.0.0.4-10.0.0.9",
  "10.0.0.2",
  "192.0.2.0/24",
  "fd00::/126",
  "0.0.0.0/0",
  "::/0",
];
export const NAMES = ["a.example", "b.example"];
export const UNITS = ["u1.service", "u2.service"];
export const USERS = ["alice", "bob"];
export const SERVICES = [
  "tcp/80",
  "tcp/80-82",
  "tcp/82-90",
  "tcp/*",
  "udp/53",
  "icmp/echo-request",
  "icmpv6",
  "proto/47",
  "all",
] as const;

const mode = fc.constantFrom<Mode>("enforce", "observe", "off");
const modes = fc
  .record({ ingress: mode, egress: mode }, { requiredKeys: [] })
  .filter((one) => Object.keys(one).length > 0);

const selectSegment = fc
  .record({ select: fc.constantFrom(...SELECTORS), mode: fc.option(modes, { nil: undefined }) })
  .map(({ select, mode: named }) => (named === undefined ? { select } : { select, mode: named }));

/** Always there: three segments of hosts, one of blocks, two of names. */
const segments: fc.Arbitrary<Record<string, SegmentText>> = fc
  .tuple(
    fc.array(selectSegment, { minLength: 3, maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 2 }),
    fc.tuple(fc.subarray(NAMES, { minLength: 1 }), fc.subarray(NAMES, { minLength: 1 })),
  )
  .map(([select, addresses, [names, others]]) => ({
    ...Object.fromEntries(select.map((segment, at) => [`s${at}`, segment])),
    block: { addresses },
    name: { names },
    other: { names: others },
  }));

const hostSegment = fc.constantFrom("s0", "s1", "s2", "any-host");
const anyEnd = fc.oneof(
  { weight: 4, arbitrary: hostSegment },
  fc.constantFrom("any", "block", "name", "other"),
  fc.constantFrom(...BLOCKS.filter((block) => !block.includes("-"))),
);

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, arbitrary);

const narrowed = fc
  .record({
    segment: hostSegment,
    unit: maybe(fc.constantFrom(...UNITS)),
    user: maybe(fc.constantFrom(...USERS)),
  })
  .map(defined);

const ends = (end: fc.Arbitrary<EndText>) => fc.array(end, { minLength: 1, maxLength: 2 });
const withoutUser = narrowed.map(({ user: _, ...rest }) => rest);

const plainRule = fc.record({
  from: ends(fc.oneof({ weight: 2, arbitrary: anyEnd }, narrowed)),
  to: ends(fc.oneof({ weight: 2, arbitrary: anyEnd }, withoutUser)),
});
const sameRule = fc.record({
  from: ends(fc.oneof(hostSegment, narrowed)),
  to: ends(hostSegment),
  same: fc.uniqueArray(fc.constantFrom("env", "role", "host"), { minLength: 1, maxLength: 2 }),
});

const rule = fc.record({
  action: fc.oneof({ weight: 3, arbitrary: fc.constant("allow") }, fc.constant("deny")),
  service: fc.oneof(
    fc.constantFrom(...SERVICES),
    fc.uniqueArray(fc.constantFrom(...SERVICES.filter((service) => service !== "all")), {
      minLength: 1,
      maxLength: 3,
    }),
  ),
  ends: fc.oneof({ weight: 3, arbitrary: plainRule }, sameRule),
  expires: maybe(fc.constant(new Date(END).toISOString())),
});

const rules = fc
  .array(rule, { maxLength: 24, size: "max" })
  .map((list) =>
    list.map(
      ({ action, service, ends: between, expires }, at): RuleText =>
        defined({ name: `r${at}`, [action]: service, ...between, expires }) as RuleText,
    ),
  );

const label = (values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const host = fc.record({
  v4: fc.boolean(),
  v6: fc.boolean(),
  labels: fc.record({ role: label(["web", "db", "api"]), env: label(["prod", "dev"]) }).map(defined),
});

/** Host n has 10.0.0.n, fd00::n, or both; the first one has a second address too. */
const hosts = fc.array(host, { minLength: 2, maxLength: 6 }).map((list) =>
  Object.fromEntries(
    list.map(({ v4, v6, labels }, at) => {
      const addresses = [...(v4 || !v6 ? [`10.0.0.${at}`] : []), ...(v6 ? [`fd00::${at}`] : [])];
      return [`h${at}`, { addresses: at === 0 ? [...addresses, "10.0.0.8"] : addresses, labels }];
    }),
  ),
) as fc.Arbitrary<Sections["hosts"]>;

export const policySections: fc.Arbitrary<Sections> = fc.record({ mode, segments, rules, hosts });

/** Reads the sections as one file of JSON, as the real parser does. */
export function resolveSections(sections: Sections, options: { now?: number } = {}): ResolvedPolicy {
  return resolved(JSON.stringify(sections, null, 1), options);
}

function defined<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as never;
}
