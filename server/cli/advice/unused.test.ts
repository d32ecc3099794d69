import { expect, test } from "vitest";
import { type UnusedAnswer, unusedText } from "./unused.ts";

const SINCE = Date.UTC(2026, 10, 1, 12);
const UNUSED = { kind: "unused", since: SINCE, why: "the record begins there" } as const;
const place = { file: "shop.yaml", line: 12 };

const ANSWER: UnusedAnswer = {
  ...{ kind: "unused", active: 7, flows: { since: SINCE, until: SINCE, records: 12_345 } },
  unused: {
    rules: [
      { name: "admins", action: "allow", place, known: UNUSED },
      {
        ...{ name: "shop.yaml:12", action: "deny", place },
        known: { kind: "not-known", why: "db-1 has not reported since 2026-11-02" },
      },
    ],
    segments: [{ name: "old\u001b[31m", place, known: { kind: "not-named", why: "no rule names it" } }],
    members: [{ segment: "web", member: "web-3", known: UNUSED }],
    moreMembers: 4,
    services: [{ name: "postgres", place, parts: ["tcp/6432"], known: UNUSED }],
    used: { rules: 3, ofRules: 5 },
  },
};

test("each is told with what is known of it; hostile names are text", () => {
  const text = unusedText(ANSWER);
  expect(text).toMatch(/^version 7, looked at since \S+ \S+: 3 of 5 rules were used \(12345 records\)\n/);
  expect(text).toMatch(
    / {2}allow admins \(shop\.yaml:12\): nothing used it since \S+ \S+ \(the record begins there\)\n/,
  );
  expect(text).toContain(
    "  deny shop.yaml:12: nothing was recorded, and not known: db-1 has not reported since 2026-11-02\n",
  );
  expect(text).not.toContain("\u001b");
  expect(text).toMatch(/ {2}web-3 in web: nothing used it .*\n {2}and 4 more\n/);
  expect(text).toContain("postgres (shop.yaml:12), of it tcp/6432: nothing used it");
});

test("where all is used that is said", () => {
  const none = { rules: [], segments: [], members: [], moreMembers: 0, services: [] };
  const text = unusedText({ ...ANSWER, unused: { ...none, used: { rules: 5, ofRules: 5 } } });
  expect(text).toContain("5 of 5 rules were used");
  expect(text).toContain("nothing of it is unused");
});
