import { expect, test } from "vitest";
import type { HostPolicy } from "./host-policy.ts";
import { judge } from "./judge.ts";
import { resolved } from "./testing/policies.ts";
import { SHOP } from "./testing/shop.ts";

const shop = resolved(SHOP);
const web = shop.hostPolicy("web-1");

test("one host judges its own end, and calls the other one by its address or by the word that it is given", () => {
  const flow = {
    direction: "ingress",
    source: "198.51.100.7",
    destination: "10.0.0.11",
    protocol: 6,
    number: 443,
  } as const;
  expect(judge(web, flow).why).toBe("shop-front (policy.yaml:14) allows tcp/443 from 198.51.100.7 to web-1");
  expect(judge(web, { ...flow, peerLabel: "desk-7" }).why).toContain("from desk-7 to web-1");
});

test("an address is in a segment of names where the host knows that a name resolves to it", () => {
  const flow = {
    direction: "egress",
    source: "10.0.0.11",
    destination: "203.0.113.9",
    protocol: 6,
    number: 443,
  } as const;
  expect(judge(web, flow).verdict).toBe("deny");
  expect(judge(web, { ...flow, peerNames: ["other.example"] }).verdict).toBe("deny");
  expect(judge(web, { ...flow, peerNames: ["API.payments.example."] })).toMatchObject({
    verdict: "allow",
    rule: { name: "paying" },
  });
});

test("traffic to one of the host's own addresses is not judged", () => {
  const flow = {
    direction: "egress",
    source: "10.0.0.21",
    destination: "fd00::21",
    protocol: 6,
    number: 1,
  } as const;
  expect(judge(shop.hostPolicy("db-1"), flow).why).toBe("never judged: a host's traffic to itself");
});

test("a host policy with other groups is another policy, though its rules are the same", () => {
  const flow = {
    direction: "egress",
    source: "10.0.0.11",
    destination: "10.0.0.77",
    protocol: 6,
    number: 5432,
  } as const;
  expect(judge(web, flow).verdict).toBe("deny");
  const id = "db[env=prod]";
  const group = web.groups[id];
  if (group?.kind !== "hosts") throw new Error("the group is missing");
  const grown: HostPolicy = { ...web, groups: { ...web.groups, [id]: { ...group, members: ["10.0.0.77"] } } };
  expect(judge(grown, flow).verdict).toBe("allow");
  expect(judge(web, flow).verdict).toBe("deny");
});

test("a host policy with other rules is another policy, though its groups are the same", () => {
  const flow = {
    direction: "egress",
    source: "10.0.0.11",
    destination: "10.0.0.21",
    protocol: 6,
    number: 5432,
  } as const;
  expect(judge(web, flow).verdict).toBe("allow");
  expect(judge({ ...web, rules: [] }, flow).verdict).toBe("deny");
  expect(judge(web, flow).verdict).toBe("allow");
});

test("a group that is missing allows nothing, and a deny for it is refused", () => {
  const flow = {
    direction: "egress",
    source: "10.0.0.11",
    destination: "10.0.0.21",
    protocol: 6,
    number: 5432,
  } as const;
  const allows = web.rules.filter(({ action }) => action === "allow");
  expect(judge({ ...web, groups: {}, rules: allows }, flow).verdict).toBe("deny");
  expect(() => judge({ ...web, groups: {} }, flow)).toThrow(/no-dev-into-prod denies the group 'dev'/);
});

test("of several rules that nearly match the first in the policy's order is named", () => {
  const near = (name: string, from: string) =>
    `  - { name: ${name}, allow: tcp/2, from: ${from}, to: { segment: db, unit: ${name}.service } }\n`;
  const many = Array.from({ length: 9 }, (_, at) => near(`other-${at}`, `10.0.${at + 1}.0/24`)).join("");
  const rules = near("one", "prod") + near("two", "any") + near("three", "web") + many;
  const asked = resolved(SHOP.replace("rules:\n", `rules:\n${rules}`));
  // Of this host's peers the segment web comes first.
  asked.hostPolicy("old-1");
  const policy = asked.hostPolicy("db-1");
  const whyFrom = (source: string) =>
    judge(policy, { direction: "ingress", source, destination: "10.0.0.21", protocol: 6, number: 2 }).why;
  expect(whyFrom("10.0.0.11")).toMatch(
    /; one \(policy\.yaml:14\) allows it only if one\.service is what listens$/,
  );
  expect(whyFrom("192.0.2.1")).toMatch(
    /; two \(policy\.yaml:15\) allows it only if two\.service is what listens$/,
  );
});

test("of several rules that match the first in the policy's order is named, however many there are", () => {
  const rules = Array.from(
    { length: 40 },
    (_, at) => `  - { name: r${at}, allow: tcp/1, from: [web, "10.0.${at}.0/24"], to: db }`,
  );
  const many = resolved(SHOP.replace("rules:\n", `rules:\n${rules.toReversed().join("\n")}\n`));
  const named = (source: string) =>
    judge(many.hostPolicy("db-1"), {
      direction: "ingress",
      source,
      destination: "10.0.0.21",
      protocol: 6,
      number: 1,
    }).rule?.name;
  expect(named("10.0.0.11")).toBe("r39");
  expect(named("10.0.7.7")).toBe("r7");
});
