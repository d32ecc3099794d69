import { expect, test } from "vitest";
import { hostPolicy, hostRule, tcp } from "../../test/nft/policies.ts";
import type { HostPolicy, HostRule } from "../rules/host-policy.ts";
import { compile } from "./compile.ts";
import { type HostFacts, NO_FACTS } from "./facts.ts";
import { render } from "./render.ts";
import type { LogTarget } from "./ruleset.ts";

/** The lines of one chain of the ruleset that this policy compiles to. */
function chainOf(
  name: string,
  policy: HostPolicy,
  { facts = NO_FACTS, log = { to: "nowhere" } as LogTarget } = {},
) {
  const options = { stamp: { mask: 0xff000000, value: 0x05000000 }, log, digest: "abc" };
  const text = render(compile(policy, facts, options));
  const [, body] = text.split(`\tchain ${name} {\n`);
  return body
    ?.split("\n\t}\n")[0]
    ?.split("\n")
    .map((line) => line.trim());
}

function egress(fields: Partial<HostRule> & { name?: string; line?: number }): HostRule {
  return hostRule({ direction: "egress", peers: [{ kind: "block", block: "10.9.0.5" }], ...fields });
}

const DEFAULT = 'counter goto refuse comment "default: no rule allows it"';
const STALE = "ct state related meta l4proto { icmp, ipv6-icmp } drop";

test("ports lead to their chains, and ports with the same rules share one", () => {
  const rules = [
    egress({ service: [tcp(443), tcp(8000, 8010)] }),
    egress({ name: "more", line: 2, service: [tcp(8005)] }),
  ];
  expect(chainOf("egress", hostPolicy({ rules }))).toEqual([
    STALE,
    "meta l4proto tcp ct original proto-dst vmap { 443 : jump egress_tcp_443, 8000-8004 : jump egress_tcp_443, 8005 : jump egress_tcp_8005, 8006-8010 : jump egress_tcp_443 }",
    "jump overtaken",
    DEFAULT,
  ]);
  expect(chainOf("egress_tcp_8005", hostPolicy({ rules }))).toEqual([
    'ct original ip daddr 10.9.0.5 counter goto allowed comment "rule shop.yaml:1"',
    'ct original ip daddr 10.9.0.5 counter goto allowed comment "more shop.yaml:2"',
  ]);
});

test("a wide rule keeps its place between the runs, so that the first rule of the policy is the one that is named", () => {
  const rules = [
    egress({ service: [tcp(80)] }),
    egress({ name: "wide", line: 2, service: "all" }),
    egress({ name: "last", line: 3, service: [tcp(80)] }),
  ];
  expect(chainOf("egress", hostPolicy({ rules }))).toEqual([
    STALE,
    "meta l4proto tcp ct original proto-dst vmap { 80 : jump egress_tcp_80 }",
    'ct original ip daddr 10.9.0.5 counter goto allowed comment "wide shop.yaml:2"',
    "meta l4proto tcp ct original proto-dst vmap { 80 : jump egress_3_tcp_80 }",
    "jump overtaken",
    DEFAULT,
  ]);
});

test("denies come before allows, and each says who denied", () => {
  const rules = [egress({}), egress({ action: "deny", name: "never", line: 2 })];
  expect(chainOf("egress_tcp_443", hostPolicy({ rules }))?.[0]).toContain("goto deny_egress_never");
  expect(chainOf("deny_egress_never", hostPolicy({ rules }), { log: { to: "nflog", group: 7 } })).toEqual([
    'limit rate 2000/second burst 5000 packets log prefix "bulkhead deny egress never shop.yaml:2: " group 7 snaplen 128',
    "goto refuse",
  ]);
});

test("where a direction is observed, what would be denied is said and passes", () => {
  const policy = hostPolicy({
    modes: { ingress: "observe", egress: "enforce" },
    rules: [hostRule({ action: "deny", name: "never" })],
  });
  expect(chainOf("deny_ingress_never", policy)).toEqual(["goto permit"]);
  expect(chainOf("ingress", policy)?.at(-1)).toBe('counter goto permit comment "default: no rule allows it"');
  expect(chainOf("input", policy)).toContain('ct state invalid counter accept comment "invalid"');
});

test("a packet that the next table has overtaken is neither allowed nor denied for what it did not find, and passes where the direction is only observed", () => {
  const policy = hostPolicy({
    modes: { ingress: "observe", egress: "enforce" },
    rules: [egress({}), hostRule({})],
  });
  const map = (words: string) => `meta nfproto vmap { ipv4 : ${words}, ipv6 : ${words} }`;
  expect(chainOf("allowed", policy)).toEqual([map("goto permit"), "drop"]);
  expect(chainOf("overtaken", policy)).toEqual([map("return"), "drop"]);
  expect(chainOf("overtaken_observed", policy)).toEqual([map("return"), "goto permit"]);
  expect(chainOf("ingress", policy)?.at(-2)).toBe("jump overtaken_observed");
  expect(chainOf("egress", policy)?.at(-2)).toBe("jump overtaken");
  expect(chainOf("ingress_tcp_443", policy)?.[0]).toContain("goto permit");
  expect(chainOf("egress_tcp_443", policy)?.[0]).toContain("goto allowed");
});

test("a direction that is off accepts and does nothing else", () => {
  expect(chainOf("ingress", hostPolicy({ modes: { ingress: "off", egress: "enforce" } }))).toEqual([
    "accept",
  ]);
});

test("a rule that expires accepts without a stamp", () => {
  const rules = [egress({ expires: Date.UTC(2027, 2, 31, 18) })];
  expect(chainOf("egress_tcp_443", hostPolicy({ rules }))).toEqual([
    'ct original ip daddr 10.9.0.5 meta time < "2027-03-31 18:00:00" counter meta nfproto vmap { ipv4 : accept, ipv6 : accept } comment "rule shop.yaml:1"',
  ]);
});

test("a rule for an account lets replies pass by address, and no reply is stamped on that host", () => {
  const policy = hostPolicy({ rules: [egress({ local: { user: "shop" } })] });
  expect(chainOf("egress_tcp_443", policy)).toEqual([
    'ct original ip daddr 10.9.0.5 meta skuid @account_shop counter goto permit_egress comment "rule shop.yaml:1"',
    'ct original ip daddr 10.9.0.5 ct direction reply accept comment "rule shop.yaml:1"',
  ]);
  expect(chainOf("permit_egress", policy)).toEqual(["ct direction reply accept", "goto allowed"]);
});

test("a unit is looked up at each depth at which it runs, and nowhere where it does not", () => {
  const rules = [egress({ local: { unit: "shop.service" } })];
  const cgroup = (path: string, level: number, id: string) => ({ path, level, id });
  const facts: HostFacts = {
    ...NO_FACTS,
    units: {
      "shop.service": [
        cgroup("system.slice/shop.service", 2, "7"),
        cgroup("a.slice/b.slice/shop.service", 3, "8"),
      ],
    },
  };
  expect(
    chainOf("egress_tcp_443", hostPolicy({ rules }), { facts })?.map((line) => line.slice(30, 82)),
  ).toEqual([
    "socket cgroupv2 level 2 @unit_shop.service counter g",
    "socket cgroupv2 level 3 @unit_shop.service_3 counter",
  ]);
  expect(
    render(
      compile(hostPolicy({ rules }), NO_FACTS, {
        stamp: { mask: 0xff000000, value: 0x05000000 },
        log: { to: "nowhere" },
        digest: "abc",
      }),
    ),
  ).toContain('set unit_shop.service {\n\t\ttype cgroupsv2\n\t\tcomment "unit shop.service"\n\t}');
});

test("a rule for a part of the host's addresses joins only ends of one family", () => {
  const policy = hostPolicy({
    groups: { office: { kind: "blocks", segment: "office", blocks: ["198.51.100.0/24", "2001:db8::/48"] } },
    rules: [
      hostRule({
        local: { within: { kind: "block", block: "10.0.0.11" } },
        peers: [{ kind: "group", group: "office" }],
      }),
    ],
  });
  expect(chainOf("ingress_tcp_443", policy)).toEqual([
    'ct original ip saddr @office_4 ct original ip daddr 10.0.0.11 counter goto allowed comment "rule shop.yaml:1"',
  ]);
});

test("beside everything no other peer needs a line", () => {
  const rules = [hostRule({ peers: [{ kind: "block", block: "10.9.0.5" }, { kind: "any" }] })];
  expect(chainOf("ingress_tcp_443", hostPolicy({ rules }))).toEqual([
    'counter goto allowed comment "rule shop.yaml:1"',
  ]);
});
