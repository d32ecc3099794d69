import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../rules/evaluate.ts";
import { AS_SAID } from "../rules/judge.ts";
import { HOSTS, NOW, read, SEGMENTS, seen, suggested } from "./testing/estates.ts";

const WEBS = ["web-1", "web-2", "web-3"];
const API = WEBS.flatMap((web) => [seen(`${web} api-1 8080`), seen(`${web} api-2 8080`)]);
const ORDERS = ["api-1 db-1 5432", "api-2 db-1 5432", "api-9 db-9 5432"].map((what) => seen(what));

const ruleTexts = (flows: Parameters<typeof suggested>[1], some = {}, policy = SEGMENTS) =>
  suggested(policy, flows, some).rules.map(({ text }) => text.replace(/, note: .*/, " }").trim());
const questions = (flows: Parameters<typeof suggested>[1], policy = SEGMENTS) =>
  suggested(policy, flows).odd.map(({ kind, words }) => `${kind}: ${words}`);

describe("rules", () => {
  test("join segments, by the policy's names for services, and between equal labels where that is what was seen", () => {
    expect(ruleTexts([...API, ...ORDERS])).toEqual([
      "- { name: api-to-db, allow: postgres, from: api, to: db, same: [env] }",
      "- { name: web-to-api, allow: tcp/8080, from: web, to: api }",
    ]);
  });

  test("are as few as say the same: services between the same ends, ends that use the same", () => {
    const watching = ["web-1", "web-2", "web-3", "api-1", "db-1"].flatMap((host) => [
      seen(`mon-1 ${host} 9100`),
      seen(`mon-1 ${host} 9101`),
    ]);
    expect(ruleTexts(watching)).toEqual([
      "- { name: monitoring-to-several, allow: tcp/9100-9101, from: monitoring, to: [api, db, web] }",
    ]);
  });

  test("name units where one alone was seen, if that is asked for, and no scope, which has another name tomorrow", () => {
    const by = (unit: string) =>
      ["api-1", "api-2"].map((api) => seen(`${api} db-1 5432`, { unit, listener: "postgresql.service" }));
    expect(ruleTexts(by("shop.service"), { units: true })).toEqual([
      "- { name: api-to-db, allow: postgres, from: { segment: api, unit: shop.service }, to: { segment: db, unit: postgresql.service } }",
    ]);
    expect(ruleTexts([...by("shop.service"), ...by("docker-7.scope")], { units: true })[0]).toContain(
      "from: api, to: { segment: db",
    );
    expect(ruleTexts(by("session-7.scope"), { units: true })[0]).toContain("from: api,");
    expect(ruleTexts(by("shop.service"))[0]).toContain("from: api, to: db }");
  });

  test("are not made for what a rule speaks of already, for what is denied by one, and for the agent's way to its server", () => {
    const policy = `${SEGMENTS}rules:
  - { name: orders, allow: postgres, from: api, to: db }
  - { name: shut, deny: tcp/23, from: any, to: any-host }
`;
    const flows = [
      ...ORDERS,
      seen("web-1 db-1 23"),
      seen("web-1 10.0.0.99 8444"),
      seen("web-2 10.0.0.99 8444"),
    ];
    const { rules, odd, allowed, deniedByRule, text } = suggested(policy, flows, {
      server: [{ address: "10.0.0.99", port: 8444 }],
    });
    expect([rules, odd, allowed.flows, deniedByRule.flows]).toEqual([[], [], 5, 1]);
    expect(text).toContain("# There is nothing to suggest.");
  });

  test("say any where two hosts have seen strangers from everywhere, and name the addresses where they are few", () => {
    const from = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        ["web-1", "web-2"].map((web) => seen(`198.${at}.0.7 ${web} 443`)),
      ).flat();
    expect(ruleTexts(from(60))).toEqual(["- { name: any-to-web, allow: web, from: any, to: web }"]);
    const { text } = suggested(SEGMENTS, from(2));
    expect(text).toContain("suggested-peers-1: { addresses: [198.0.0.7, 198.1.0.7] }");
  });

  test("of one segment are those that it has a part in", () => {
    expect(ruleTexts([...API, ...ORDERS], { segment: "web" })).toHaveLength(1);
    expect(ruleTexts([...API, ...ORDERS], { segment: "api" })).toHaveLength(2);
  });
});

describe("segments", () => {
  test("are suggested by role where no policy has any, only observing", () => {
    const { suggestedSegments, text } = suggested("", [...API, ...ORDERS]);
    expect(suggestedSegments.map(({ name, selector }) => `${name}: ${selector}`)).toEqual([
      "api: role=api",
      "db: role=db",
      "web: role=web",
    ]);
    expect(text).toContain('  api: { select: "role=api", mode: observe }   # api-1, api-2, api-9\n');
  });

  test("are none where nothing was recorded, and a first policy is what helps", () => {
    expect(suggested("", []).text).toContain(
      "A policy that says `mode: observe` and nothing else stops nothing",
    );
    expect(suggested(SEGMENTS, []).text).toContain("There is nothing to suggest");
  });

  test("that hold hosts with different tasks stand for none of them", () => {
    const { rules, suggestedSegments } = suggested("segments: { prod: { select: env=prod } }\n", API);
    expect(rules).toMatchObject([{ from: ["web"], to: ["api"] }]);
    expect(suggestedSegments.map(({ name }) => name)).toEqual(["api", "web"]);
  });
});

describe("what is left out", () => {
  test("is what one host of several does, as a question, with a rule for that host alone", () => {
    const { odd, rules } = suggested(SEGMENTS, [...API, seen("web-2 db-1 5432")]);
    expect(rules).toHaveLength(1);
    expect(odd).toMatchObject([
      {
        kind: "one-of-many",
        words: "web-2 talks to db-1 on tcp/5432 (postgres); none of the 2 other hosts of web does",
        from: { segment: "web", who: ["web-2"], ofHosts: 3 },
        rule: "  - { allow: tcp/5432, from: 10.0.0.12, to: db }",
      },
    ]);
  });

  test("is no habit of one of two: a standby has another part than its primary", () => {
    const pair = [seen("api-1 web-1 7"), seen("mon-1 api-1 9100"), seen("mon-1 api-2 9100")];
    expect(questions(pair)[0]).toContain("one-of-many: api-1 talks to web-1");
    const habit = [seen("api-1 web-1 7", { days: 3 }), ...pair.slice(1)];
    expect(questions(habit)).toEqual([]);
  });

  test.each([
    ["scan", Array.from({ length: 9 }, (_, at) => seen(`web-1 db-1 ${100 + at}`, { connections: 2 }))],
    ["unconfirmed", [seen("web-1 db-1 22", { by: "source", connections: 900 })]],
    ["lone-word", [seen("203.0.113.9 mon-1 22")]],
    ["lone-word", [seen("mon-1 203.0.113.9 443")]],
    ["one-of-many", [...API, seen("203.0.113.9 web-2 22")]],
    ["denied-burst", [seen("mon-1 db-1 22", { verdict: "deny", connections: 60, start: NOW - 60_000 })]],
    [
      "denied-at-source",
      [
        {
          ...seen("mon-1 db-1 22"),
          flow: { ...seen("mon-1 db-1 22", { verdict: "deny" }).flow, ingress: null },
        },
      ],
    ],
    ["seen-once", [seen("mon-1 db-1 22", { connections: 1, start: NOW - 10 })]],
    ["off-hours", [seen("mon-1 db-1 22", { onlyQuietHours: true, days: 2 })]],
    ["many-ports", Array.from({ length: 40 }, (_, at) => seen(`mon-1 db-1 ${40_000 + at * 7}`))],
    ["no-service", [seen("mon-1 db-1 0")]],
  ] as const)("is found as %s", (kind, flows) => {
    const { odd, rules } = suggested(SEGMENTS, flows);
    expect(odd.map((one) => one.kind)).toContain(kind);
    const odds = new Set(odd.flatMap(({ services }) => services));
    expect(rules.filter(({ services }) => services.some((service) => odds.has(service)))).toEqual([]);
  });

  test("is not what happens once and lives on, nor each night, nor what is denied again and again", () => {
    const flows = [
      seen("mon-1 db-1 22", { connections: 1 }),
      seen("mon-1 db-1 23", { onlyQuietHours: true, days: 20 }),
      seen("mon-1 db-1 24", { verdict: "deny", connections: 60 }),
    ];
    expect(questions(flows)).toEqual([]);
    expect(ruleTexts(flows)).toHaveLength(1);
  });

  test("is told as such where a rule lets it through all the same", () => {
    const flows = [...ORDERS, seen("api-1 db-9 5432", { by: "source" })];
    expect(suggested(SEGMENTS, flows).odd).toMatchObject([{ kind: "unconfirmed", coveredBy: null }]);
    const wide = [...API, seen("web-1 api-9 8080", { by: "source" })];
    expect(suggested(SEGMENTS, wide).odd).toMatchObject([{ kind: "unconfirmed", coveredBy: "web-to-api" }]);
  });
});

const names = [...read(HOSTS).hosts.keys(), "198.51.100.7", "203.0.113.9", "192.0.2.1"];
const flows = fc.array(
  fc
    .record({
      from: fc.constantFrom(...names),
      to: fc.constantFrom(...names),
      port: fc.constantFrom(22, 80, 443, 5432, 6432, 8080),
      connections: fc.integer({ min: 0, max: 40 }),
      verdict: fc.constantFrom("allow" as const, "would-deny" as const, "deny" as const),
      by: fc.constantFrom("both" as const, "source" as const, "destination" as const),
      days: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ from, to, port, ...some }) => seen(`${from} ${to} ${port}`, some)),
  { maxLength: 60 },
);

test("whatever was seen: the same text in whatever order, valid beside the policy, and it lets through what it says that it covers", () => {
  fc.assert(
    fc.property(flows, fc.constantFrom("", SEGMENTS), (some, policy) => {
      const { text, covered, rules, odd } = suggested(policy, some);
      expect(suggested(policy, some.toReversed()).text).toBe(text);
      if (rules.length > 0) {
        const next = read(policy, text, HOSTS);
        const through = some.filter(({ flow }) => {
          const { source, destination, protocol, service: number } = flow;
          const ends = { source: source.address, destination: destination.address };
          const { verdict, egress, ingress } = evaluate(next, { ...ends, protocol, number }, AS_SAID);
          return verdict === "allow" && (egress?.rule ?? ingress?.rule) != null;
        });
        expect(covered.flows).toBe(through.length);
      }
      expect(odd.filter(({ kind, rule }) => kind === "unconfirmed" && rule !== null)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
