import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { policySections, resolveSections } from "../rules/testing/arbitrary-policy.ts";
import { decodeFromAgent, decodeFromServer } from "./decode.ts";
import { MemberDigest } from "./member-digest.ts";
import { fromWire, toWire, wirePolicy } from "./wire-policy.ts";

property.prop([policySections])(
  "every host's policy travels as JSON and arrives as it was, without its members",
  (sections) => {
    const resolved = resolveSections(sections);
    for (const name of resolved.hosts.keys()) {
      const policy = resolved.hostPolicy(name);
      const membersOf = (id: string) => {
        const group = policy.groups[id];
        return group?.kind === "hosts" ? group.members : [];
      };
      const sent = toWire(policy, (id) => MemberDigest.of(membersOf(id)));
      const found = wirePolicy.parse(JSON.parse(JSON.stringify(sent)));
      expect(JSON.parse(JSON.stringify(fromWire(found, membersOf)))).toEqual(
        JSON.parse(JSON.stringify(policy)),
      );
    }
  },
);

property.prop([fc.uniqueArray(fc.ipV4(), { maxLength: 50 }), fc.array(fc.nat(), { maxLength: 50 })])(
  "a digest that is kept up is that of the members, in whatever order they came and went",
  (members, leaving) => {
    const digest = new MemberDigest();
    for (const member of members) digest.add(member);
    const left = new Set(members);
    for (const at of leaving) {
      const member = members[at % members.length];
      if (member !== undefined && left.delete(member)) digest.remove(member);
    }
    expect(digest.text).toBe(MemberDigest.of([...left].reverse()));
    for (const member of left)
      expect(MemberDigest.of([...left].filter((one) => one !== member))).not.toBe(digest.text);
  },
);

property.prop([fc.oneof(fc.string(), fc.json({ maxDepth: 8 }))])(
  "whatever text arrives, it is a message or there are words why not",
  (text) => {
    for (const decoded of [decodeFromAgent(text), decodeFromServer(text)])
      expect("problem" in decoded && decoded.problem.length).toBeGreaterThan(0);
  },
);

test.each([
  ["deep", `{"type":${"[".repeat(1_000_000)}`, "nested more than"],
  ["no JSON", "{", "not JSON"],
  ["no message", '{"type":"shell"}', "type"],
  ["more than it should have", '{"type":"need","groups":[],"run":"reboot"}', "run"],
  ["an address that is none", '{"type":"addresses","addresses":["10.0.0.1; flush ruleset"]}', "addresses.0"],
  ["an address in another spelling", '{"type":"addresses","addresses":["FD00::1"]}', "canonical"],
])("%s is refused with its place", (_what, text, problem) => {
  expect(decodeFromAgent(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test("a record that is not understood takes none of the others with it", () => {
  const party = { address: "10.0.0.1" };
  const counters = { connections: 1, packets: 1, bytes: 60, ended: 1, lasted: 5 };
  const record = {
    bucket: 0,
    start: 0,
    end: 5,
    direction: "egress",
    verdict: "allow",
    rule: null,
    ...counters,
  };
  const whole = { ...record, local: party, remote: party, protocol: 6, service: 443 };
  const records = [whole, { ...whole, lasted: 0.5 }, "nonsense"];
  const losses = [{ start: 0, end: 5, what: "something-newer" }];
  expect(decodeFromAgent(JSON.stringify({ type: "flows", upTo: 3, records, losses }))).toEqual({
    message: { type: "flows", upTo: 3, records: [whole, null, null], losses: [null] },
  });
});
