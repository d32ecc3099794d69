import { describe, expect, test } from "vitest";
import { attemptsOf, senderName } from "./attempts.ts";
import { EXAMPLE_POLICY } from "./options.ts";
import { moreHosts, promise, readScenario, scenarioOf } from "./scenario.ts";

const HOSTS = `
  web-1: { addresses: [10.0.0.1, "fd00::1"], labels: { role: web } }
  db-1:  { addresses: [10.0.0.2], labels: { role: db } }
`;

function scenario(rules: string, more = "") {
  const segments = `  web: { select: "role=web" }\n  db: { select: "role=db" }\n${more}`;
  return scenarioOf([{ name: "p.yaml", text: `segments:\n${segments}\nhosts:${HOSTS}\nrules:\n${rules}` }]);
}

describe("who lives in the lab", () => {
  test("every host, a visitor for each block and each literal address, and a stranger", () => {
    const { residents } = scenario(
      "  - { allow: tcp/22, from: [office, 10.9.0.5], to: db }",
      '  office: { addresses: [198.51.100.0/24, "2001:db8:7::/48"] }\n',
    ).population;
    expect(residents.map(({ name, addresses }) => [name, ...addresses])).toEqual([
      ["web-1", "10.0.0.1", "fd00::1"],
      ["db-1", "10.0.0.2"],
      ["office", "198.51.100.7", "2001:db8:7::7"],
      ["10.9.0.5", "10.9.0.5"],
      ["stranger", "203.0.113.66", "2001:db8:bad::66"],
    ]);
  });

  test("a unit that a rule names sends beside its host", () => {
    const { senders } = scenario(
      "  - { allow: tcp/1, from: { segment: web, unit: shop.service }, to: db }",
    ).population;
    expect(senders.map(senderName)).toEqual(["web-1", "web-1 shop.service", "db-1", "stranger"]);
  });

  test("a unit that a rule leads to serves what the rule allows", () => {
    const { serverOf, services } = scenario(
      "  - { allow: tcp/1, from: web, to: { segment: db, unit: pg.service } }",
    ).population;
    const [probe] = services.flatMap(({ probes }) => probes);
    if (probe === undefined) throw new Error("no service");
    expect([serverOf("db-1", probe), serverOf("web-1", probe)]).toEqual(["pg.service", undefined]);
  });
});

describe("what the lab tries", () => {
  test("the services of the rules, each with a letter of its own", () => {
    const { services } = scenario(
      "  - { allow: [tcp/80, tcp/81-90, udp/53, icmp, proto/47], from: web, to: db }",
    ).population;
    expect(services.map(({ letter, probes }) => [letter, ...probes.map(({ service }) => service)])).toEqual([
      ["T", "tcp/80"],
      ["C", "tcp/81"],
      ["U", "udp/53"],
      ["I", "icmp"],
    ]);
  });

  test("each service over each family that both ends have", () => {
    const tried = attemptsOf(scenario("  - { allow: tcp/1, from: web, to: db }").population);
    const families = (from: string, to: string) =>
      tried
        .filter((attempt) => senderName(attempt.from) === from && attempt.to.name === to)
        .map(({ family }) => family);
    expect([families("web-1", "db-1"), families("stranger", "web-1"), families("web-1", "web-1")]).toEqual([
      [4],
      [4, 6],
      [],
    ]);
  });

  test("what a policy promises says which rules decided", () => {
    const own = scenario("  - { name: orders, allow: tcp/1, from: web, to: db }");
    const promises = attemptsOf(own.population).map((attempt) => [
      senderName(attempt.from),
      promise(own, attempt, undefined).passes,
      promise(own, attempt, undefined).rules,
    ]);
    expect(promises).toContainEqual(["web-1", true, ["orders"]]);
    expect(promises).toContainEqual(["stranger", false, []]);
  });
});

test("the example grows to as many hosts as are asked for", async () => {
  const grown = await readScenario(EXAMPLE_POLICY, moreHosts(10, 7));
  expect(grown.policy.hosts.size).toBe(10);
});
