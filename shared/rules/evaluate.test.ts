import { describe, expect, test } from "vitest";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { Flow } from "./flow.ts";
import { resolved } from "./testing/policies.ts";
import { SHOP } from "./testing/shop.ts";

const WEB = "10.0.0.11";
const DEV_WEB = "10.0.0.12";
const DB = "10.0.0.21";
const OLD = "10.0.0.99";
const TCP = 6;
const END = Date.UTC(2027, 2, 31, 18);

function tcp(source: string, destination: string, port: number, more: Partial<Flow> = {}): Flow {
  return { source, destination, protocol: TCP, number: port, ...more };
}

const shop = resolved(SHOP);
const ask = (flow: Flow): Evaluation => evaluate(shop, flow);

/** `egress / ingress`, each as its reason. */
const why = ({ egress, ingress }: Evaluation) => `${egress?.why ?? "-"} / ${ingress?.why ?? "-"}`;

describe("a reason says who decided", () => {
  test("an allow names the rule, its place and the flow", () => {
    expect(ask(tcp(WEB, DB, 5432))).toEqual({
      verdict: "allow",
      egress: {
        host: "web-1",
        mode: "enforce",
        verdict: "allow",
        rule: { name: "orders", file: "policy.yaml", line: 15 },
        why: "orders (policy.yaml:15) allows tcp/5432 from web-1 to db-1",
      },
      ingress: {
        host: "db-1",
        mode: "enforce",
        verdict: "allow",
        rule: { name: "orders", file: "policy.yaml", line: 15 },
        why: "orders (policy.yaml:15) allows tcp/5432 from web-1 to db-1",
      },
    });
  });

  test("a default names the flow and the mode", () => {
    expect(why(ask(tcp(WEB, DB, 22)))).toBe(
      "no rule allows tcp/22 from web-1 to db-1; web-1 enforces egress / " +
        "no rule allows tcp/22 from web-1 to db-1; db-1 enforces ingress",
    );
  });

  test("a deny says what the mode makes of it", () => {
    expect(why(ask(tcp(DEV_WEB, DB, 5432)))).toBe(
      "no-dev-into-prod (policy.yaml:18) denies tcp/5432 from web-2 to db-1; web-2 only observes egress / " +
        "no-dev-into-prod (policy.yaml:18) denies tcp/5432 from web-2 to db-1; db-1 enforces ingress",
    );
  });

  test("a rule without a name is called by its place, once", () => {
    const unnamed = resolved(SHOP.replace("name: orders,", ""));
    expect(why(evaluate(unnamed, tcp(WEB, DB, 5432)))).toMatch(/^policy\.yaml:15 allows tcp\/5432/);
  });

  test("ICMP is called by its type, and by its code where that says more", () => {
    const icmp = (number: number) => ask({ source: WEB, destination: DB, protocol: 1, number });
    expect(icmp(8 * 256).egress?.why).toContain("no rule allows icmp/echo-request from");
    expect(icmp(3 * 256 + 1).egress?.why).toContain(
      "no rule allows icmp/destination-unreachable code 1 from",
    );
  });
});

describe("the worst judgement is the verdict", () => {
  test("deny goes before would-deny", () => {
    const { verdict, egress, ingress } = ask(tcp(DEV_WEB, DB, 5432));
    expect([verdict, egress?.verdict, ingress?.verdict]).toEqual(["deny", "would-deny", "deny"]);
  });

  test("observe stops nothing, by default or by a deny rule, and says what enforce would do", () => {
    const { verdict, egress, ingress } = ask(tcp(DEV_WEB, "192.0.2.1", 25));
    expect([verdict, egress?.rule, ingress]).toEqual(["would-deny", null, null]);
  });

  test("between addresses of no host nobody judges", () => {
    expect(ask(tcp("192.0.2.1", "192.0.2.2", 22))).toEqual({ verdict: "allow", egress: null, ingress: null });
  });
});

describe("off", () => {
  const off = resolved(SHOP.replace("segments:", "mode: off\nsegments:").replace(", mode: observe", ""));

  test("a host in no select segment is off", () => {
    const { egress } = ask(tcp(OLD, "192.0.2.1", 22));
    expect(egress).toMatchObject({ mode: "off", verdict: "allow", rule: null });
    expect(egress?.why).toBe("no rule allows tcp/22 from old-1 to 192.0.2.1; old-1 is off for egress");
  });

  test("an allow that matches is named; a deny is not, but said", () => {
    const allowed = evaluate(off, tcp(WEB, DB, 5432)).egress;
    expect(allowed).toMatchObject({ verdict: "allow", rule: { name: "orders" } });
    expect(allowed?.why).toBe(
      "web-1 is off for egress; orders (policy.yaml:16) allows tcp/5432 from web-1 to db-1",
    );
    const denied = evaluate(off, tcp(DEV_WEB, DB, 5432)).egress;
    expect(denied).toMatchObject({ verdict: "allow", rule: null });
    expect(denied?.why).toBe(
      "web-2 is off for egress; no-dev-into-prod (policy.yaml:19) would deny tcp/5432 from web-2 to db-1",
    );
  });
});

describe("processes", () => {
  const sender = { unit: "shop-api.service", user: "shop" };

  test("a rule for a unit and an account needs both", () => {
    expect(ask(tcp(WEB, DB, 5433, sender)).egress?.verdict).toBe("allow");
    for (const some of [{}, { unit: sender.unit }, { user: sender.user }, { ...sender, user: "root" }])
      expect(ask(tcp(WEB, DB, 5433, some)).egress?.verdict).toBe("deny");
  });

  test("a default says for which process it would be allowed", () => {
    expect(ask(tcp(WEB, DB, 5433)).egress?.why).toBe(
      "no rule allows tcp/5433 from web-1 to db-1; web-1 enforces egress; " +
        "app-only (policy.yaml:17) allows it only as unit shop-api.service and user shop",
    );
  });

  test("nobody says what listens, so the luckiest listener is judged, and named", () => {
    const { ingress } = ask(tcp(WEB, DB, 5433, sender));
    expect(ingress?.verdict).toBe("allow");
    expect(ingress?.why).toBe(
      "app-only (policy.yaml:17) allows tcp/5433 from web-1 to db-1 if postgresql.service is what listens",
    );
  });

  test("a listener that is given is the one that is judged", () => {
    expect(ask(tcp(WEB, DB, 5433, { listener: "postgresql.service" })).ingress?.verdict).toBe("allow");
    expect(ask(tcp(WEB, DB, 5433, { listener: "nc.service" })).ingress?.verdict).toBe("deny");
  });

  test("where no listener is luckier, the answer is that of one without a name", () => {
    const rule = "deny: tcp/5433, from: web, to: { segment: db, unit: postgresql.service }";
    const denied = resolved(SHOP.replace("rules:\n", `rules:\n  - { name: closed, ${rule} }\n`));
    const { ingress } = evaluate(denied, tcp(WEB, DB, 5433, sender));
    expect(ingress).toMatchObject({ verdict: "deny", rule: null });
  });

  test("a listener that no rule names is luckier where a deny is for a unit", () => {
    const narrowed = resolved(
      SHOP.replace(
        "deny: all, from: dev, to: prod",
        "deny: all, from: web, to: { segment: db, unit: postgresql.service }",
      ),
    );
    const judge = (listener?: string) =>
      evaluate(narrowed, tcp(WEB, DB, 5432, listener === undefined ? {} : { listener })).ingress;
    expect(judge()?.verdict).toBe("allow");
    expect(judge("postgresql.service")?.verdict).toBe("deny");
  });
});

describe("time", () => {
  const backup = (now?: number) => tcp("10.9.0.5", DB, 22, now === undefined ? {} : { now });

  test("a rule is there until its end, and not from then on", () => {
    expect(ask(backup(END - 1)).verdict).toBe("allow");
    expect(ask(backup(END)).verdict).toBe("deny");
  });

  test("without a time nothing has expired; the policy's time counts where the flow has none", () => {
    expect(ask(backup()).verdict).toBe("allow");
    expect(evaluate(resolved(SHOP, { now: END }), backup()).verdict).toBe("deny");
    expect(evaluate(resolved(SHOP, { now: END }), backup(END - 1)).verdict).toBe("allow");
  });

  test("a default says which rule has ended", () => {
    expect(ask(backup(END)).ingress?.why).toMatch(
      /; backup \(policy\.yaml:16\) allowed it until 2027-03-31T18:00:00/,
    );
  });
});

describe("never judged", () => {
  const host = (direction: "egress" | "ingress", flow: Flow) => ask(flow)[direction]?.why;

  test("a host's traffic to itself and loopback", () => {
    for (const flow of [tcp(DB, "fd00::21", 1), tcp(DB, DB, 1), tcp("127.0.0.1", DB, 1), tcp(WEB, "::1", 1)])
      expect(ask(flow)).toEqual({ verdict: "allow", egress: null, ingress: null });
  });

  test.each([
    ["router solicitation", 58, 133 * 256],
    ["neighbour advertisement", 58, 136 * 256],
    ["multicast listener report", 58, 143 * 256],
    ["packet too big", 58, 2 * 256],
    ["fragmentation needed", 1, 3 * 256 + 4],
  ])("%s", (_, protocol, number) => {
    const flow = { source: WEB, destination: DB, protocol, number };
    expect(host("egress", flow)).toMatch(/^never judged: /);
    expect(host("ingress", flow)).toMatch(/^never judged: /);
  });

  test("hosts answer multicast listener queries and do not ask them", () => {
    const query = { source: WEB, destination: DB, protocol: 58, number: 130 * 256 };
    expect(ask(query).egress?.verdict).toBe("deny");
    expect(ask(query).ingress?.verdict).toBe("allow");
  });

  test("a redirect is judged", () => {
    expect(ask({ source: WEB, destination: DB, protocol: 58, number: 137 * 256 }).verdict).toBe("deny");
  });

  test("DHCP is known by both of its ports", () => {
    const dhcp = (number: number, sourcePort?: number): Flow => ({
      source: WEB,
      destination: DB,
      protocol: 17,
      number,
      ...(sourcePort === undefined ? {} : { sourcePort }),
    });
    expect(ask(dhcp(67, 68)).egress?.why).toBe("never judged: DHCP as a client");
    expect(ask(dhcp(67, 68)).ingress?.verdict).toBe("deny");
    expect(ask(dhcp(68, 67)).ingress?.verdict).toBe("allow");
    expect(ask(dhcp(547, 546)).egress?.verdict).toBe("allow");
    expect(ask(dhcp(67)).egress?.verdict).toBe("deny");
    expect(ask(dhcp(67, 1024)).egress?.verdict).toBe("deny");
  });
});

describe("ends", () => {
  test("addresses may be written in any form", () => {
    expect(ask(tcp(`::ffff:${WEB}`, DB, 5432)).verdict).toBe("allow");
    expect(ask(tcp("2001:DB8:7:0::1", WEB, 443)).ingress?.rule?.name).toBe("shop-front");
  });

  test("a DNS name is in the segments that name it, and in any", () => {
    expect(ask(tcp(WEB, "api.payments.example", 443)).verdict).toBe("allow");
    expect(ask(tcp(WEB, "API.Payments.example.", 443)).verdict).toBe("allow");
    expect(ask(tcp(WEB, "other.example", 443)).verdict).toBe("deny");
    const open = resolved(SHOP.replace("to: payments", "to: any"));
    expect(evaluate(open, tcp(WEB, "other.example", 443)).verdict).toBe("allow");
  });
});
