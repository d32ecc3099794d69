import { plain } from "@bulkhead/terminal/colour.ts";
import { expect, test } from "vitest";
import type { Effects } from "../../apply/effects.ts";
import type { NamedCut } from "../../apply/sessions.ts";
import type { Status } from "../../apply/status.ts";
import { cutsText } from "./cuts.ts";
import { effectsText } from "./effects.ts";
import { statusText } from "./status.ts";

const rule = { name: "orders", file: "shop.yaml", line: 12 };
const line = { direction: "ingress", action: "allow", rule, services: ["tcp/5432"], peers: ["web"] } as const;

const EFFECTS: Effects = {
  modes: { from: { ingress: "observe", egress: "observe" }, to: { ingress: "enforce", egress: "observe" } },
  rules: {
    added: [line],
    removed: [
      { ...line, rule: { ...rule, name: "shop.yaml:12" }, direction: "egress", unit: "shop.service" },
    ],
    changed: [{ ...line, action: "deny", expires: "2027-01-01T00:00:00.000Z" }],
    moved: 2,
  },
  members: [
    { group: "web", added: ["10.0.0.12"], removed: Array.from({ length: 10 }, (_, at) => `10.1.0.${at}`) },
  ],
  reach: {
    gained: [
      { direction: "ingress", peers: ["web", "10.0.0.9"], but: false, services: "tcp/5432", user: "shop" },
    ],
    lost: [{ direction: "egress", peers: ["db"], but: true, services: "all but tcp/443" }],
  },
};

test("a change is understood at a glance", () => {
  expect(effectsText(EFFECTS, plain)).toBe(`  mode     ingress observe -> enforce
  rules    + orders: allow tcp/5432 from web (shop.yaml:12)
           - allow tcp/5432 to web (only unit shop.service) (shop.yaml:12)
           ~ orders: deny tcp/5432 from web until 2027-01-01T00:00:00.000Z (shop.yaml:12)
           = 2 rules have only moved in the text
  members  web: +10.0.0.12 -10.1.0.0, -10.1.0.1, -10.1.0.2, -10.1.0.3, -10.1.0.4, -10.1.0.5, -10.1.0.6, -10.1.0.7, and 2 more
  gained   ingress from web, 10.0.0.9: tcp/5432 (only user shop)
  lost     egress to any but db: all but tcp/443
`);
});

test("hostile names are shown as text", () => {
  const hostile = {
    ...EFFECTS.rules,
    added: [{ ...line, rule: { ...rule, name: "\u001b[2Jgone\n  forged" } }],
  };
  expect(effectsText({ ...EFFECTS, rules: hostile }, plain)).toContain("+ \\x1b[2Jgone\\n  forged: allow");
});

function cut(more: Partial<NamedCut> = {}, source = "10.9.0.5"): NamedCut {
  const connection = {
    direction: "ingress",
    tracked: true,
    protocol: 6,
    source,
    sourcePort: 50000,
    destination: "10.0.0.21",
    service: 22,
  } as const;
  return {
    connection,
    judgement: { host: "db-1", mode: "enforce", verdict: "deny", rule: null, why: "no rule allows it" },
    ...more,
  };
}

test("connections are named with who is behind them, and many are counted", () => {
  const ssh = { program: "sshd", unit: "ssh.service", user: "root", ssh: { login: "admin", own: true } };
  const text = cutsText(
    [cut(ssh), cut({}, "fd00::5"), ...Array.from({ length: 10 }, () => cut())],
    (count) => `${count} lost`,
    plain,
  );
  expect(text.split("\n").slice(0, 3)).toEqual([
    "  12 connections lost:",
    "    YOUR SSH session of admin tcp 10.9.0.5:50000 -> 10.0.0.21:22 (sshd, ssh.service, root): no rule allows it",
    "    tcp [fd00::5]:50000 -> 10.0.0.21:22: no rule allows it",
  ]);
  expect(text).toMatch(/^ {4}and 2 more$/m);
  expect(cutsText([], (count) => count, plain)).toBe("");
});

const STATUS: Status = {
  kernel: "holds",
  differences: [],
  policy: {
    host: "db-1",
    digest: "0123456789abcdef",
    modes: { ingress: "enforce", egress: "observe" },
    stamp: { mask: 0xff000000, value: 0x05000000 },
    loadedAt: "2026-11-23T12:00:00.000Z",
    missing: ["the unit shop.service is not running"],
  },
  inKernel: { digest: "0123456789abcdef", host: "db-1", stamp: { mask: 0xff000000, value: 0x05000000 } },
  probation: undefined,
  previous: undefined,
  rules: [],
  byDefault: {},
  notes: [],
};

const said = (some: Partial<Status>) => statusText({ ...STATUS, ...some }, plain);

test("a status says first what matters", () => {
  expect(said({})).toMatch(
    /^db-1: policy 0123456789ab, loaded \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n {2}kernel {3}holds what was loaded\n/,
  );
  expect(said({})).toContain("missing  the unit shop.service is not running");
  expect(said({ kernel: "missing" })).toContain("NOTHING IS ENFORCED");
  expect(said({ kernel: "absent", policy: undefined, inKernel: undefined })).toBe(
    "no policy is applied on this host\n",
  );
  expect(said({ kernel: "unknown", policy: undefined })).toContain(
    "the kernel enforces policy 0123456789ab of db-1, of which the state knows nothing",
  );
  expect(said({ probation: { secondsLeft: 59, fallsBackTo: undefined } })).toContain(
    "on probation for another 59s, then back to enforcing nothing",
  );
});

test("what differs is shown with its chain, and long differences are cut", () => {
  const lines = Array.from({ length: 30 }, (_, at) => `+ 10.0.0.${at}`);
  const text = said({
    kernel: "changed",
    differences: [
      { object: "chain input", lines: ["- jump current"] },
      { object: "set web_4", lines },
    ],
  });
  expect(text).toContain("somebody has changed our table");
  expect(text).toContain("    chain input\n      - jump current\n    set web_4\n");
  expect(text).toContain("and 13 more lines");
});

test("rules stand in a table with their packets and last hits", () => {
  const hit = { since: "2026-11-23T12:03:00.000Z", until: "2026-11-23T12:04:00.000Z" };
  const rules = [
    {
      direction: "ingress",
      action: "allow",
      rule,
      services: ["tcp/5432"],
      packets: 1234,
      bytes: 1,
      lastHit: hit,
    },
  ] as const;
  const text = said({ rules, byDefault: { ingress: { packets: 7, bytes: 1 } } });
  expect(text).toMatch(/^ {2}packets {2}last hit +rule$/m);
  expect(text).toMatch(
    /^ {5}1234 {2}since 2026-11-23 \d\d:03:00 {2}ingress: allow tcp\/5432 by orders \(shop\.yaml:12\)$/m,
  );
  expect(text).toMatch(/^ {8}7 {2}never +ingress: no rule allows it$/m);
});
