import { expect, test } from "vitest";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { resolved } from "./testing/policies.ts";
import { SHOP } from "./testing/shop.ts";

const HOSTS = `
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web, env: prod } }
  web-2: { addresses: [10.0.0.12], labels: { role: web, env: prod } }
  db-1:  { addresses: [10.0.0.21, "fd00::21"], labels: { role: db, env: prod } }
  db-2:  { addresses: [10.0.0.22], labels: { role: db } }
segments: { web: { select: role=web }, db: { select: role=db }, lan: { addresses: [10.0.0.0/28, 10.0.1.1] } }
`;

/** A rule without what every one has. */
function parts(policy: HostPolicy) {
  return policy.rules.map(({ rule, service: _, ...rest }: HostRule) => ({ name: rule.name, ...rest }));
}

const onHost = (host: string, rule: string) =>
  resolved(`${HOSTS}rules:\n  - { name: r, ${rule} }`).hostPolicy(host);

test("a rule stands for egress on the hosts of from and for ingress on the hosts of to", () => {
  const shop = resolved(`${HOSTS}rules: [{ name: r, allow: tcp/1, from: web, to: db }]`);
  const common = { name: "r", action: "allow", local: {} };
  expect(parts(shop.hostPolicy("web-1"))).toEqual([
    { ...common, direction: "egress", peers: [{ kind: "group", group: "db" }] },
  ]);
  expect(parts(shop.hostPolicy("db-1"))).toEqual([
    { ...common, direction: "ingress", peers: [{ kind: "group", group: "web" }] },
  ]);
});

test("a group holds the addresses of its members, IPv4 first, each once", () => {
  expect(onHost("web-1", "allow: tcp/1, from: web, to: db").groups).toEqual({
    db: { kind: "hosts", segment: "db", same: {}, members: ["10.0.0.21", "10.0.0.22", "fd00::21"] },
  });
});

test("same joins a host with the members that share its values, and a host that lacks the label with nobody", () => {
  const shop = resolved(`${HOSTS}rules: [{ name: r, allow: tcp/1, from: web, to: db, same: [env] }]`);
  expect(shop.hostPolicy("web-1").groups).toEqual({
    "db[env=prod]": {
      kind: "hosts",
      segment: "db",
      same: { env: "prod" },
      members: ["10.0.0.21", "fd00::21"],
    },
  });
  expect(shop.hostPolicy("db-2").rules).toEqual([]);
});

test("hosts at which the same rules stand share them, and all hosts share groups", () => {
  const shop = resolved(`${HOSTS}rules: [{ name: r, allow: tcp/1, from: any-host, to: web }]`);
  const [one, two, db] = ["web-1", "web-2", "db-1"].map((host) => shop.hostPolicy(host));
  expect(one?.rules).toBe(two?.rules);
  expect(one?.rules).not.toBe(db?.rules);
  expect(one?.groups.web).toBe(db?.groups.web);
  expect(shop.hostPolicy("web-1")).toBe(one);
});

test("an end that names addresses stands on the hosts that have one of them, for these addresses only", () => {
  const local = (host: string, rule: string) => onHost(host, rule).rules.map((one) => one.local);
  expect(local("web-1", "allow: tcp/1, from: lan, to: any")).toEqual([
    { within: { kind: "group", group: "lan" } },
    {},
  ]);
  expect(local("web-1", "allow: tcp/1, from: 10.0.0.8/29, to: db")).toEqual([
    { within: { kind: "block", block: "10.0.0.8/29" } },
  ]);
  expect(local("web-1", "allow: tcp/1, from: 10.0.0.16/29, to: db")).toEqual([]);
});

test("the widest of several local parts is enough", () => {
  const { rules } = onHost(
    "web-1",
    "allow: tcp/1, from: [{ segment: web, unit: a.service }, any-host], to: db",
  );
  expect(rules.map(({ local }) => local)).toEqual([{}]);
  const { rules: two } = onHost(
    "web-1",
    "allow: tcp/1, from: [{ segment: web, unit: a.service }, { segment: web, user: u }, { segment: web, unit: a.service, user: u }], to: db",
  );
  expect(two.map(({ local }) => local)).toEqual([{ unit: "a.service" }, { user: "u" }]);
});

test("any absorbs all other peers", () => {
  const { rules } = onHost("db-1", "allow: tcp/1, from: [web, any, 10.0.0.1], to: db");
  expect(rules.at(-1)).toMatchObject({ direction: "ingress", peers: [{ kind: "any" }] });
});

test("what narrows the other end is not seen: an allow goes by address, a deny is not there", () => {
  const end = "{ segment: web, unit: a.service, user: u }";
  expect(onHost("db-1", `allow: tcp/1, from: ${end}, to: db`).rules).toHaveLength(1);
  expect(onHost("db-1", `deny: tcp/1, from: ${end}, to: db`).rules).toEqual([]);
  expect(onHost("db-1", `deny: tcp/1, from: [${end}, 10.9.9.9], to: db`).rules[0]?.peers).toEqual([
    { kind: "block", block: "10.9.9.9" },
  ]);
});

test("an account narrows what is sent, a unit what is sent and what is received", () => {
  const rule =
    "allow: tcp/1, from: { segment: web, unit: a.service, user: u }, to: { segment: db, unit: b.service }";
  expect(onHost("web-1", rule).rules[0]?.local).toEqual({ unit: "a.service", user: "u" });
  expect(onHost("db-1", rule).rules[0]?.local).toEqual({ unit: "b.service" });
});

test("an empty segment is an empty group, so that members can come later", () => {
  const { groups } = resolved(
    `${HOSTS.replace("segments: {", "segments: { none: { select: role=none },")}rules: [{ allow: tcp/1, from: none, to: db }]`,
  ).hostPolicy("db-1");
  expect(groups).toEqual({ none: { kind: "hosts", segment: "none", same: {}, members: [] } });
});

test("names and labels that look like ids of groups cannot collide", () => {
  const text = `
segments: { web: { select: role=web }, "web[env=prod]": { select: role=db }, '"web"': { select: role=api } }
rules:
  - { allow: tcp/1, from: web, to: web, same: [env] }
  - { allow: tcp/2, from: ["web[env=prod]", '"web"'], to: web }
  - { allow: tcp/3, from: web, to: web, same: [a, b] }
hosts:
  one: { addresses: [10.0.0.1], labels: { role: web, env: prod, a: "x,b=y", b: z } }
  two: { addresses: [10.0.0.2], labels: { role: web, env: prod, a: x, b: "y,b=z" } }
`;
  const ids = ["one", "two"].flatMap((host) => Object.keys(resolved(text).hostPolicy(host).groups));
  expect(new Set(ids)).toEqual(
    new Set(["web[env=prod]", '"web[env=prod]"', '"\\"web\\""', 'web[a="x,b=y",b=z]', 'web[a=x,b="y,b=z"]']),
  );
});

test("a host policy carries the rule's place, note and end, and all that the kernel needs", () => {
  const policy = resolved(SHOP.replace("expires:", "note: nightly, expires:")).hostPolicy("db-1");
  expect(policy).toMatchObject({ formatVersion: 1, host: "db-1", addresses: ["10.0.0.21", "fd00::21"] });
  expect(policy.rules.find(({ rule }) => rule.name === "backup")).toEqual({
    direction: "ingress",
    action: "allow",
    rule: { name: "backup", file: "policy.yaml", line: 16, note: "nightly" },
    service: [{ protocol: 6, low: 22, high: 22 }],
    local: {},
    peers: [{ kind: "block", block: "10.9.0.5" }],
    expires: Date.UTC(2027, 2, 31, 18),
  });
});

test("a rule that has expired is still in the host policy: the kernel lets it end", () => {
  expect(resolved(SHOP, { now: Date.UTC(2030, 0) }).hostPolicy("db-1")).toEqual(
    resolved(SHOP).hostPolicy("db-1"),
  );
});

test("a host that the policy does not know is an error with its name", () => {
  expect(() => resolved(SHOP).hostPolicy("web-9")).toThrow("the policy knows no host 'web-9'");
});
