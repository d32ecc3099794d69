import { describe, expect, test } from "vitest";
import { compareHostReach, compareReach, type Reach, type ReachChange, reach } from "./reach.ts";
import { resolved } from "./testing/policies.ts";

const HOSTS = `
hosts:
  web-1: { addresses: [10.0.0.11, "fd00::11"], labels: { role: web, env: prod } }
  web-2: { addresses: [10.0.0.12], labels: { role: web, env: dev } }
  db-1: { addresses: [10.0.0.21], labels: { role: db, env: prod } }
  db-2: { addresses: [10.0.0.22], labels: { role: db, env: dev } }
`;
const SEGMENTS = `
segments:
  web: { select: role=web }
  db: { select: role=db }
  office: { addresses: [198.51.100.0/24] }
  partners: { names: [a.example, b.example] }
`;

const policy = (rules: string, rest = SEGMENTS + HOSTS) => resolved(`${rest}rules:\n${rules}`);

function line({ from, to, services, unit, user }: Reach): string {
  const process = [unit, user].filter((part) => part !== undefined);
  return `${from} -> ${to}: ${services.join(" ")}${process.length === 0 ? "" : ` as ${process.join(", ")}`}`;
}

function lines({ gained, lost }: ReachChange) {
  return [...gained.map((one) => `+ ${line(one)}`), ...lost.map((one) => `- ${line(one)}`)];
}

const change = (old: string, next: string) => lines(compareReach(policy(old), policy(next)));

const ORDERS = "  - { allow: tcp/5432, from: web, to: db }\n";

describe("the difference of two policies", () => {
  test("nothing differs where only names, order and notes do", () => {
    const other = "  - { name: x, allow: tcp/22, from: office, to: db, note: hello }\n";
    expect(change(`${ORDERS}${other}`, `${other.replace("name: x", "name: y")}${ORDERS}`)).toEqual([]);
  });

  test("whole segments are called by their names, and services by what is new of them", () => {
    expect(change(ORDERS, ORDERS.replace("tcp/5432", "[tcp/5430-5432, udp/53]"))).toEqual([
      "+ web -> db: tcp/5430-5431 udp/53",
    ]);
  });

  test("a deny takes away what another rule allows, and nothing else", () => {
    expect(change(ORDERS, `${ORDERS}  - { deny: all, from: 10.0.0.12, to: 10.0.0.16/28 }\n`)).toEqual([
      "- web-2 -> db: tcp/5432",
    ]);
  });

  test("what one end does not let pass is not gained", () => {
    const onlyOut = "  - { allow: tcp/22, from: web, to: 10.0.0.16/28 }\n";
    expect(
      change(onlyOut, `${onlyOut}  - { allow: tcp/22, from: { segment: web, unit: a.service }, to: db }\n`),
    ).toEqual([]);
    expect(
      change(
        "  - { allow: tcp/22, from: any, to: 192.0.2.7 }\n",
        "  - { allow: tcp/22, from: web, to: 192.0.2.7 }\n",
      ),
    ).toEqual(["- db -> 192.0.2.7: tcp/22"]);
  });

  test("the world outside is cut where rules cut it, and called by their words", () => {
    expect(change(ORDERS, `${ORDERS}  - { allow: tcp/443, from: any, to: web }\n`)).toEqual([
      "+ any -> web: tcp/443",
    ]);
    expect(
      change(
        ORDERS,
        `${ORDERS}  - { allow: tcp/443, from: [office, 192.0.2.0/24, 192.0.2.128/25, 203.0.113.5], to: web }\n`,
      ),
    ).toEqual([
      "+ 192.0.2.0/24 -> web: tcp/443",
      "+ 203.0.113.5 -> web: tcp/443",
      "+ office -> web: tcp/443",
    ]);
    expect(change(ORDERS, `${ORDERS}  - { allow: tcp/443, from: web, to: partners }\n`)).toEqual([
      "+ web -> partners: tcp/443",
    ]);
  });

  test("DNS names that rules tell apart are told apart", () => {
    const segments = SEGMENTS.replace("  partners:", "  one: { names: [a.example] }\n  partners:");
    const next = policy(`${ORDERS}  - { allow: tcp/443, from: web, to: one }\n`, segments + HOSTS);
    expect(lines(compareReach(policy(ORDERS), next))).toEqual(["+ web -> one: tcp/443"]);
  });

  test("the part of a segment that shares a label is called by it", () => {
    const same = ORDERS.replace("to: db", "to: db, same: [env]");
    expect(change(ORDERS, same)).toEqual(["- web-1 -> db-2: tcp/5432", "- web-2 -> db-1: tcp/5432"]);
    expect(
      change(same, "  - { allow: tcp/1, from: web, to: db }\n").filter((one) => one.startsWith("-")),
    ).toEqual(["- web (env=dev) -> db (env=dev): tcp/5432", "- web (env=prod) -> db (env=prod): tcp/5432"]);
  });

  test("a named process is named, where others gain nothing", () => {
    const narrowed = "  - { allow: tcp/80, from: { segment: web, unit: a.service, user: shop }, to: db }\n";
    expect(change(ORDERS, ORDERS + narrowed)).toEqual(["+ web -> db: tcp/80 as a.service, shop"]);
    expect(change(ORDERS + narrowed, `${ORDERS}  - { allow: tcp/80, from: web, to: db }\n`)).toEqual([
      "+ web -> db: tcp/80",
    ]);
  });

  test("a rule that has expired gives nothing", () => {
    const expiring = ORDERS.replace("to: db", "to: db, expires: 2030-01-01T00:00:00Z");
    const at = (now: number) =>
      lines(compareReach(policy("  []"), resolved(`${SEGMENTS}${HOSTS}rules:\n${expiring}`, { now })));
    expect(at(Date.UTC(2029, 0))).toEqual(["+ web -> db: tcp/5432"]);
    expect(at(Date.UTC(2030, 0))).toEqual([]);
  });

  test("a host that moves to another segment loses and gains what that means", () => {
    const moved = HOSTS.replace("role: web, env: dev", "role: db, env: dev");
    expect(lines(compareReach(policy(ORDERS), policy(ORDERS, SEGMENTS + moved)))).toEqual([
      "+ web -> web-2: tcp/5432",
      "- web-2 -> db: tcp/5432",
    ]);
  });

  test("an address that becomes a host's is a host on one side and an address on the other", () => {
    const grown = `${HOSTS}  web-3: { addresses: [10.0.0.13], labels: { role: web } }\n`;
    expect(lines(compareReach(policy(ORDERS), policy(ORDERS, SEGMENTS + grown)))).toEqual([
      "+ web-3 -> db: tcp/5432",
      "- 10.0.0.13 -> any other address: all",
      "- 10.0.0.13 -> office: all",
      "- 10.0.0.13 -> partners: all",
      "- any other address -> 10.0.0.13: all",
      "- office -> 10.0.0.13: all",
      "- partners -> 10.0.0.13: all",
    ]);
  });

  test("of a block with other addresses under its name, what it won and what it lost is told from the rest", () => {
    const hosts = `${HOSTS}${[1, 2, 3, 4].map((at) => `  far-${at}: { addresses: [172.16.${at}.1], labels: { role: far } }\n`).join("")}`;
    const office = (block: string) =>
      policy(
        "  - { allow: tcp/443, from: office, to: web }\n",
        SEGMENTS.replace("198.51.100.0/24", block) + hosts,
      );
    const [small, large] = [office("172.16.1.0/30"), office("172.16.0.0/12")];
    expect(lines(compareReach(small, large))).toContain(
      "+ any other address in office that was not in it before -> web: tcp/443",
    );
    expect(lines(compareReach(large, small))).toContain(
      "- any other address in office that is not in it any more -> web: tcp/443",
    );
  });

  test("where everything opens, it is said in a word", () => {
    const open = `mode: observe\n${SEGMENTS}${HOSTS}`;
    const rules = Array.from(
      { length: 9 },
      (_, at) => `  - { allow: tcp/${100 + 10 * at}, from: 10.0.0.1${at}, to: db }\n`,
    ).join("");
    expect(lines(compareReach(policy(rules), policy(rules, open)))).toEqual([
      "+ any -> any-host: all else",
      "+ any-host -> any: all else",
    ]);
  });
});

test("the reach of one policy is what passes where a host judges", () => {
  const observing = SEGMENTS.replace("select: role=db", "select: role=db, mode: { egress: observe }");
  expect(reach(policy(ORDERS, observing + HOSTS)).map(line)).toEqual([
    "db -> any other address: all",
    "db -> office: all",
    "db -> partners: all",
    "web -> db: tcp/5432",
  ]);
});

describe("one host alone", () => {
  const hostPolicy = (rules: string, host = "db-1") => policy(rules).hostPolicy(host);

  test("the difference is what its own judgements make", () => {
    expect(
      lines(
        compareHostReach(hostPolicy(ORDERS), hostPolicy("  - { allow: tcp/5432, from: office, to: db }\n")),
      ),
    ).toEqual(["+ office -> db-1: tcp/5432", "- web -> db-1: tcp/5432"]);
  });

  test("before the first policy everything was possible", () => {
    expect(lines(compareHostReach(undefined, hostPolicy(ORDERS)))).toEqual([
      "- any -> db-1: all except tcp/5432",
      "- any other address -> db-1: tcp/5432",
      "- db-1 -> any: all",
    ]);
  });

  test("a host that is a member of its own peers does not reach itself", () => {
    const rules = (service: string) =>
      `  - { allow: ${service}, from: any-host, to: any-host }\n  - { deny: all, from: web, to: any }\n`;
    expect(lines(compareHostReach(hostPolicy(rules("tcp/21")), hostPolicy(rules("tcp/21-22"))))).toEqual([
      "+ 10.0.0.22 -> db-1: tcp/22",
      "+ db-1 -> any-host: tcp/22",
    ]);
  });

  test("members that join a group are reach gained", () => {
    const old = hostPolicy(ORDERS);
    const group = old.groups.web;
    if (group?.kind !== "hosts") throw new Error("the group is missing");
    const next = { ...old, groups: { web: { ...group, members: [...group.members, "10.0.0.77"] } } };
    expect(lines(compareHostReach(old, next))).toEqual(["+ 10.0.0.77 -> db-1: tcp/5432"]);
  });
});
