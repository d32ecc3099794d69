import { expect, test } from "vitest";
import { hostPolicy, hostRule } from "../../test/nft/policies.ts";
import type { Group, HostPolicy } from "../rules/host-policy.ts";
import { memberChanges, needsWholeTable, takesAway } from "./changes.ts";
import { compile } from "./compile.ts";
import { NO_FACTS } from "./facts.ts";

const MASK = 0xff000000;

function web(...members: readonly string[]): Group {
  return { kind: "hosts", segment: "web", same: {}, members };
}

function policy(action: "allow" | "deny", group: Group, fields: Partial<HostPolicy> = {}): HostPolicy {
  const rules = [hostRule({ action, peers: [{ kind: "group", group: "web" }] })];
  return hostPolicy({ groups: { web: group }, rules, ...fields });
}

function compiled(hostPolicy: HostPolicy, stamp = 1, digest = "abc") {
  return compile(hostPolicy, NO_FACTS, {
    stamp: { mask: MASK, value: stamp << 24 },
    log: { to: "kernel" },
    digest,
  });
}

test("members that come and go are told by set, and nothing else is", () => {
  const from = compiled(policy("allow", web("10.0.0.1", "10.0.0.2")));
  const to = compiled(policy("allow", web("10.0.0.2", "10.0.0.3", "fd00::3")));
  expect(memberChanges(from, to)).toEqual({
    add: [
      { set: "web_4", type: "ipv4_addr", elements: [{ kind: "address", address: "10.0.0.3" }] },
      { set: "web_6", type: "ipv6_addr", elements: [{ kind: "address", address: "fd00::3" }] },
    ],
    remove: [{ set: "web_4", type: "ipv4_addr", elements: [{ kind: "address", address: "10.0.0.1" }] }],
  });
});

test("a new stamp and a new digest are part of the change", () => {
  const group = web("10.0.0.1");
  expect(memberChanges(compiled(policy("allow", group)), compiled(policy("allow", group), 2, "def"))).toEqual(
    {
      add: [],
      remove: [],
      stamp: { mask: MASK, value: 0x02000000 },
      about: "policy def host web-1",
    },
  );
});

test.each([
  ["a mode", policy("allow", web(), { modes: { ingress: "observe", egress: "enforce" } })],
  ["an action", policy("deny", web())],
  ["a kind of set", policy("allow", { kind: "blocks", segment: "web", blocks: ["10.0.0.0/24"] })],
])("%s that differs is no change of members", (_, other) => {
  expect(memberChanges(compiled(policy("allow", web())), compiled(other))).toBeUndefined();
});

test("blocks that differ are no change of members, as interval sets go through nft", () => {
  const blocks = (...list: readonly string[]) =>
    policy("allow", { kind: "blocks", segment: "web", blocks: list });
  expect(memberChanges(compiled(blocks("10.0.0.0/24")), compiled(blocks("10.0.0.0/25")))).toBeUndefined();
});

test.each([
  ["leaves what is allowed", "allow", web("10.0.0.1"), web(), true],
  ["joins what is allowed", "allow", web(), web("10.0.0.1"), false],
  ["joins what is denied", "deny", web(), web("10.0.0.1"), true],
  ["leaves what is denied", "deny", web("10.0.0.1"), web(), false],
] as const)("whether a member that %s takes a permission away", (_, action, before, after, expected) => {
  expect(takesAway(policy(action, before), policy(action, after))).toBe(expected);
});

test("any other difference counts as taking away", () => {
  expect(takesAway(policy("deny", web()), policy("allow", web()))).toBe(true);
});

test.each([
  ["joins what is denied, and that is all", { bad: ["10.0.0.1"] }, { bad: ["10.0.0.1", "10.0.0.2"] }, false],
  ["leaves what is denied", { bad: ["10.0.0.1"] }, { bad: [] }, false],
  ["goes from one denied group to another", { bad: ["10.0.0.1"] }, { worse: ["10.0.0.1"] }, true],
  ["joins what is denied and what is allowed", {}, { bad: ["10.0.0.1"], good: ["10.0.0.1"] }, true],
  ["goes from one allowed group to another", { good: ["10.0.0.1"] }, { fine: ["10.0.0.1"] }, false],
] as const)("whether a member that %s needs the whole table", (_, before, after, expected) => {
  const of = (members: Readonly<Record<string, readonly string[]>>) =>
    hostPolicy({
      groups: Object.fromEntries(
        ["bad", "worse", "good", "fine"].map((name): [string, Group] => [
          name,
          { kind: "hosts", segment: name, same: {}, members: members[name] ?? [] },
        ]),
      ),
      rules: ["bad", "worse", "good", "fine"].map((group, at) =>
        hostRule({ action: at < 2 ? "deny" : "allow", peers: [{ kind: "group", group }] }),
      ),
    });
  expect(needsWholeTable(of(before), of(after))).toBe(expected);
});
