import { describe, expect, test } from "vitest";
import { BulkheadError } from "../errors/bulkhead-error.ts";
import type { Outcome } from "./outcomes.ts";
import { Asker } from "./query.ts";
import type { Question } from "./question.ts";
import { resolved } from "./testing/policies.ts";

const POLICY = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
  lab: { select: "env=lab", mode: observe }
  none: { select: "role=none" }
  office: { addresses: [198.51.100.0/24] }
  partners: { names: [a.example, b.example] }
services:
  postgres: [tcp/5432, tcp/6432-6439]
  "a,b": tcp/99
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
  - { name: not-that-one, deny: tcp/5432, from: 10.0.0.13, to: any }
  - { name: pay, allow: tcp/443, from: web, to: partners }
  - { name: desk, allow: tcp/22, from: 198.51.100.16/28, to: db }
hosts:
  web-1: { addresses: [10.0.0.11, "fd00::11"], labels: { role: web } }
  web-2: { addresses: [10.0.0.12, "fd00::12"], labels: { role: web } }
  web-3: { addresses: [10.0.0.13], labels: { role: web } }
  web-4: { addresses: [10.0.0.14], labels: { role: web, env: lab } }
  db-1: { addresses: [10.0.0.21, "fd00::21"], labels: { role: db } }
  db-2: { addresses: [10.0.0.22], labels: { role: db } }
  six: { addresses: ["fd00::66"], labels: { role: db } }
`;

const asker = new Asker(resolved(POLICY));

function line({ verdict, from, to, services, egress, ingress }: Outcome): string {
  const rule = (judgement: Outcome["egress"]) => judgement?.rule?.name ?? "-";
  return `${verdict}: ${from.join("+")} to ${to.join("+")} ${services.join(" ")} (${rule(egress)}/${rule(ingress)})`;
}

const answers = (from: string, to: string, service: Question["service"]) =>
  asker.ask({ from, to, service }).outcomes.map(line);

describe("a segment is every member", () => {
  test("equal answers are given once, exceptions apart, the worst first", () => {
    expect(answers("web", "db", "tcp/5432")).toEqual([
      "deny: web-3 to db tcp/5432 (not-that-one/not-that-one)",
      "allow: web-1+web-2 to db tcp/5432 (orders/orders)",
      "allow: lab to db tcp/5432 (orders/orders)",
    ]);
  });

  test("the worst answer is the answer", () => {
    const { verdict, egress } = asker.ask({ from: "web", to: "db", service: "tcp/5432" });
    expect([verdict, egress?.host]).toEqual(["deny", "web-3"]);
  });

  test("members do not talk to themselves", () => {
    expect(answers("db", "db", "tcp/1")).toEqual(["deny: db to db tcp/1 (-/-)"]);
  });

  test("a segment without members has no answers, and nothing is denied", () => {
    expect(asker.ask({ from: "none", to: "db", service: "tcp/1" })).toEqual({
      verdict: "allow",
      egress: null,
      ingress: null,
      outcomes: [],
    });
  });
});

describe("blocks are cut where rules tell their addresses apart", () => {
  test("a segment of addresses", () => {
    expect(answers("office", "db-2", "tcp/22")).toEqual([
      "deny: 198.51.100.0/28+198.51.100.32-198.51.100.255 to db-2 tcp/22 (-/-)",
      "allow: 198.51.100.16/28 to db-2 tcp/22 (-/desk)",
    ]);
  });

  test("a block with hosts in it", () => {
    expect(answers("10.0.0.8/29", "db-1", "tcp/5432")).toEqual([
      "deny: 10.0.0.8-10.0.0.10+10.0.0.15 to db-1 tcp/5432 (-/-)",
      "deny: web-3 to db-1 tcp/5432 (not-that-one/not-that-one)",
      "allow: web-1+web-2 to db-1 tcp/5432 (orders/orders)",
      "allow: lab to db-1 tcp/5432 (orders/orders)",
    ]);
  });

  test("any is every address and every name", () => {
    expect(answers("web-1", "any", "tcp/443")).toEqual([
      "deny: web-1 to office+any other address tcp/443 (-/-)",
      "deny: web-1 to db+web-1+web-2+web-3 tcp/443 (-/-)",
      "deny: web-1 to lab tcp/443 (-/-)",
      "allow: web-1 to partners tcp/443 (pay/-)",
    ]);
  });
});

describe("services are cut where rules tell them apart", () => {
  test("a range", () => {
    expect(answers("web-1", "db-1", "tcp/5430-5435")).toEqual([
      "deny: web-1 to db-1 tcp/5430-5431 tcp/5433-5435 (-/-)",
      "allow: web-1 to db-1 tcp/5432 (orders/orders)",
    ]);
  });

  test("all is everything that is judged", () => {
    expect(answers("web-1", "db-1", "all")).toEqual([
      "deny: web-1 to db-1 all except tcp/5432 (-/-)",
      "allow: web-1 to db-1 tcp/5432 (orders/orders)",
    ]);
    expect(answers("db-1", "web-1", "all")).toEqual(["deny: db-1 to web-1 all (-/-)"]);
  });

  test("what is never judged is answered where it alone is asked about", () => {
    expect(answers("db-1", "web-1", "icmpv6/nd-neighbor-solicit")).toEqual([
      "allow: db-1 to web-1 icmpv6/nd-neighbor-solicit (-/-)",
    ]);
  });

  test("names of services, lists, and lists in one text", () => {
    const words = [
      "deny: web-1 to db-1 tcp/6432-6439 udp/53 (-/-)",
      "allow: web-1 to db-1 tcp/5432 (orders/orders)",
    ];
    expect(answers("web-1", "db-1", ["postgres", "udp/53"])).toEqual(words);
    expect(answers("web-1", "db-1", "postgres, udp/53")).toEqual(words);
    expect(answers("web-1", "db-1", "a,b")).toEqual(["deny: web-1 to db-1 a,b (-/-)"]);
  });
});

describe("families", () => {
  test("two hosts meet in every family that both have, and the worst counts", () => {
    const split = new Asker(resolved(POLICY.replace("from: 10.0.0.13", 'from: "fd00::11"')));
    expect(split.evaluate({ from: "web-1", to: "db-1", service: "tcp/5432" }).verdict).toBe("deny");
    expect(split.evaluate({ from: "10.0.0.11", to: "db-1", service: "tcp/5432" }).verdict).toBe("allow");
    expect(split.ask({ from: "web-1", to: "db-1", service: "tcp/5432" }).outcomes.map(line)).toEqual([
      "deny: web-1 to fd00::21 tcp/5432 (not-that-one/not-that-one)",
      "allow: web-1 to 10.0.0.21 tcp/5432 (orders/orders)",
    ]);
  });

  test("where no family is common the first addresses stand for both", () => {
    expect(answers("web-3", "six", "tcp/5432")).toEqual([
      "deny: web-3 to six tcp/5432 (not-that-one/not-that-one)",
    ]);
  });
});

test("a host's traffic to itself is nobody's business", () => {
  expect(asker.ask({ from: "web-1", to: "fd00::11", service: "tcp/1" })).toMatchObject({
    verdict: "allow",
    egress: null,
    ingress: null,
  });
});

test("DNS names of the policy can be asked about, however they are written", () => {
  expect(answers("web-1", "A.example.", "tcp/443")).toEqual(["allow: web-1 to A.example. tcp/443 (pay/-)"]);
});

describe("what is not known is an error with what was probably meant", () => {
  const remedyFor = (question: Question) => {
    try {
      asker.ask(question);
    } catch (error) {
      if (error instanceof BulkheadError) return `${error.code}: ${error.message}. ${error.remedy}`;
    }
    return undefined;
  };

  test.each([
    [
      { from: "wbe-1", to: "db", service: "tcp/1" },
      "command/unknown-end: there is no host and no segment 'wbe-1'. Did you mean 'web-1'?",
    ],
    [
      { from: "web", to: "ofice", service: "tcp/1" },
      "command/unknown-end: there is no host and no segment 'ofice'. Did you mean 'office'?",
    ],
    [
      { from: "web", to: "db", service: "postgre" },
      "command/unknown-service: there is no service 'postgre'. Did you mean 'postgres'?",
    ],
    [
      { from: "web", to: "db", service: "tcp/5440-5432" },
      "command/unknown-service: 'tcp/5440-5432' ends before it begins, expected the lower port first. Did you mean 'tcp/5432-5440'?",
    ],
  ])("%j", (question, said) => {
    expect(remedyFor(question)).toBe(said);
    expect(() => asker.evaluate(question)).toThrow(BulkheadError);
  });
});

test("the sender's unit and account are asked with", () => {
  const policy = POLICY.replace(
    "from: web, to: db }",
    "from: { segment: web, unit: shop.service, user: shop }, to: db }",
  );
  const narrowed = new Asker(resolved(policy));
  const question = { from: "web-1", to: "db-1", service: "tcp/5432" };
  expect(narrowed.evaluate(question).verdict).toBe("deny");
  expect(narrowed.evaluate({ ...question, unit: "shop.service", user: "shop" }).verdict).toBe("allow");
});
