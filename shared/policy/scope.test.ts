import { expect, test } from "vitest";
import { policyOf } from "../rules/testing/policies.ts";
import { outOfScope } from "./scope.ts";

const BASE = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
  office: { addresses: [198.51.100.0/24] }
  partner: { addresses: [203.0.113.0/24] }
  mail: { names: [smtp.example] }
services:
  postgres: tcp/5432
rules:
  - { name: front, allow: tcp/443, from: office, to: web }
  - { name: orders, allow: postgres, from: web, to: db }
  - { name: send, allow: tcp/25, from: web, to: mail }
  - { name: no-partner, deny: all, from: partner, to: db }
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web } }
tests:
  - { from: office, to: web, allow: tcp/443 }
  - { from: office, to: db, deny: postgres }
never: { from: partner, to: db }
`;

const replaced = (from: string, to: string) => {
  if (!BASE.includes(from)) throw new Error(`there is no ${from}`);
  return BASE.replace(from, to);
};
const RULES = "rules:\n";
const added = (rule: string) => replaced(RULES, `${RULES}  - ${rule}\n`);
const beyond = (draft: string, scope: readonly string[] = ["web"]) =>
  outOfScope({ base: policyOf(BASE), draft: policyOf(draft), scope }).map(
    ({ place, message }) => `${place.line}: ${message}`,
  );

test.each([
  ["nothing", BASE],
  [
    "who reaches the scope",
    added("{ name: ops, allow: tcp/22, from: [partner, db, any, 192.0.2.7], to: web }"),
  ],
  ["who no longer reaches it", replaced("  - { name: front, allow: tcp/443, from: office, to: web }\n", "")],
  ["a deny in front of it", added("{ name: shut, deny: all, from: partner, to: web }")],
  [
    "its units",
    added("{ name: ops, allow: tcp/22, from: office, to: { segment: web, unit: sshd.service } }"),
  ],
  ["within it", added("{ name: gossip, allow: udp/7946, from: web, to: web, same: [role] }")],
  ["its egress to DNS names", added("{ name: api, allow: tcp/443, from: web, to: mail }")],
  ["its mode", replaced(`web: { select: "role=web" }`, `web: { select: "role=web", mode: observe }`)],
  ["its tests", replaced("  - { from: office, to: web, allow: tcp/443 }\n", "")],
  [
    "what only its rules use",
    replaced(
      "office: { addresses: [198.51.100.0/24] }",
      "office: { addresses: [198.51.100.0/24] }\n  home: { addresses: [192.0.2.0/24] }",
    ),
  ],
  [
    "a service under another name",
    replaced("postgres: tcp/5432", "postgres: tcp/5432\n  pg: tcp/5432").replace(
      "allow: postgres",
      "allow: pg",
    ),
  ],
  ["lines and their order", BASE.replace("rules:\n  - { name: front", "rules:\n\n\n  - { name: front")],
])("an editor of a segment changes %s", (_what, draft) => {
  expect(beyond(draft)).toEqual([]);
});

test.each([
  [
    "a rule to others",
    added("{ name: more, allow: tcp/22, from: web, to: db }"),
    [
      "11: the rule 'more' is new or changed, and its 'to' is 'db', which is not in your scope: the hosts there would judge otherwise",
    ],
  ],
  [
    "a rule to addresses, which any host may come to have",
    added("{ allow: tcp/22, from: web, to: 10.0.0.0/8 }"),
    [expect.stringMatching(/^11: the rule at line 11 is new or changed, and its 'to' is 10\.0\.0\.0\/8/)],
  ],
  [
    "a rule to everybody",
    added("{ name: more, allow: tcp/22, from: web, to: [web, any-host] }"),
    [expect.stringMatching(/its 'to' is 'any-host'/)],
  ],
  [
    "others' egress to names",
    added("{ name: more, allow: tcp/22, from: [web, db], to: mail }"),
    ["11: the rule 'more' is new or changed, and it opens egress from 'db', which is not in your scope"],
  ],
  [
    "a deny that protects others",
    replaced("  - { name: no-partner, deny: all, from: partner, to: db }\n", ""),
    [expect.stringMatching(/^1: the rule 'no-partner' \(in force at line 14\) is gone or changed/)],
  ],
  [
    "another service under a known name",
    replaced("postgres: tcp/5432", "postgres: [tcp/5432, tcp/22]"),
    [
      expect.stringMatching(/^1: the rule 'orders'/),
      expect.stringMatching(/^1: a test/),
      expect.stringMatching(/^12: the rule 'orders' is new or changed/),
      expect.stringMatching(/^19: a test is new or changed, and it is about 'db'/),
    ],
  ],
  [
    "other addresses under a known name",
    replaced("partner: { addresses: [203.0.113.0/24] }", "partner: { addresses: [203.0.113.0/25] }"),
    [
      expect.stringMatching(/^1: the rule 'no-partner'/),
      expect.stringMatching(/^1: an invariant/),
      expect.stringMatching(/^14: the rule 'no-partner'/),
      expect.stringMatching(/^20: an invariant \(never\) is new or changed, and invariants bind everybody/),
    ],
  ],
  [
    "a segment of hosts that is new",
    replaced("segments:\n", "segments:\n  all: { select: role }\n"),
    [expect.stringMatching(/^3: the segment 'all' is another one/)],
  ],
  [
    "others' mode",
    replaced(`db: { select: "role=db" }`, `db: { select: "role=db", mode: observe }`),
    ["4: the segment 'db' has another mode than is in force, and it is not in your scope"],
  ],
  ["everybody's mode", `mode: observe\n${BASE}`, ["1: the policy's own mode is everybody's"]],
  [
    "hosts",
    replaced("labels: { role: web }", "labels: { role: db }"),
    [
      expect.stringMatching(/^1: the host 'web-1'/),
      expect.stringMatching(/^16: the host 'web-1' is new or changed, and hosts and their labels decide/),
    ],
  ],
  [
    "an invariant",
    replaced("never: { from: partner, to: db }\n", ""),
    [expect.stringMatching(/^1: an invariant \(never\) \(in force at line 20\) is gone/)],
  ],
] as [string, string, readonly unknown[]][])(
  "an editor of a segment does not change %s",
  (_what, draft, said) => {
    expect(beyond(draft)).toEqual(said);
  },
);

test("nobody says who is in a segment, not in their own either", () => {
  const wider = replaced(`web: { select: "role=web" }`, `web: { select: "role in (web, db)" }`);
  expect(beyond(wider)).toContain(
    "3: the segment 'web' is another one than is in force, and which hosts are in a segment is not an editor's to say",
  );
});

test("a scope of addresses is not drawn by who has it, and a name that is not in force is in nobody's", () => {
  const wider = replaced(
    "office: { addresses: [198.51.100.0/24] }",
    "office: { addresses: [198.51.100.0/24, 10.0.0.0/8] }",
  );
  expect(beyond(wider, ["office"])).toContain(
    "5: the segment 'office' is your scope, which you do not draw yourself",
  );
  const brought = replaced("segments:\n", "segments:\n  mine: { addresses: [10.0.0.0/8] }\n").replace(
    RULES,
    `${RULES}  - { name: more, allow: all, from: any, to: mine }\n`,
  );
  expect(beyond(brought, ["mine"])).toEqual([
    expect.stringMatching(/its 'to' is 'mine', which is not in your scope/),
  ]);
});

test("before anything is in force, an editor of some segments has nothing to change", () => {
  const said = outOfScope({ base: undefined, draft: policyOf(BASE), scope: ["web"] });
  expect(said.length).toBeGreaterThan(5);
});
