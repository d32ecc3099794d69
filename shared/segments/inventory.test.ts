import { expect, test } from "vitest";
import { parsePolicy } from "../policy/parse.ts";
import { buildInventory, type Inventory } from "./inventory.ts";

function inventoryOf(text: string): Inventory {
  const { policy, problems } = parsePolicy([{ name: "policy.yaml", text }]);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return buildInventory(policy);
}

const SHOP = inventoryOf(`
segments:
  web: { select: "role=web" }
  one: { select: "host=db-1" }
  strict: { select: "env=prod", mode: { ingress: enforce } }
  soft: { select: "role in (web, db)", mode: observe }
  office: { addresses: [10.0.0.0/8] }
mode: off
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web, env: prod } }
  db-1: { addresses: [10.0.0.21, "fd00:0::21"], labels: { role: db } }
  api-1: { addresses: [10.0.0.31], labels: { role: api } }
  cache-1: { addresses: [10.0.0.41], labels: { env: prod } }
`);

const names = (segment: string) => SHOP.members(segment).map(({ name }) => name);

test("members are the hosts that the selector selects, in the policy's order", () => {
  expect(names("web")).toEqual(["web-1"]);
  expect(names("soft")).toEqual(["web-1", "db-1"]);
  expect(names("any-host")).toEqual(["web-1", "db-1", "api-1", "cache-1"]);
});

test("only select segments and any-host have members", () => {
  expect(names("office")).toEqual([]);
  expect(names("any")).toEqual([]);
  expect(names("nobody")).toEqual([]);
});

test("every host carries the label host with its own name", () => {
  expect(names("one")).toEqual(["db-1"]);
  expect(SHOP.hosts.get("db-1")?.labels).toEqual({ role: "db", host: "db-1" });
});

test("a host is found by any of its addresses, however it is written", () => {
  for (const text of ["fd00::21", "FD00:0:0::21", "10.0.0.21", "::ffff:10.0.0.21"])
    expect(SHOP.hostOf(text)?.name).toBe("db-1");
  expect(SHOP.hostOf({ family: 4, value: 0x0a000015n })?.name).toBe("db-1");
  expect(SHOP.hostOf("10.0.0.22")).toBeUndefined();
  expect(SHOP.hostOf("db-1")).toBeUndefined();
});

test("a host has the strictest mode that its segments name, for each direction apart", () => {
  expect(SHOP.hosts.get("web-1")?.modes).toEqual({ ingress: "enforce", egress: "observe" });
  expect(SHOP.hosts.get("db-1")?.modes).toEqual({ ingress: "observe", egress: "observe" });
});

test("a direction that its segments do not name has the policy's mode", () => {
  expect(SHOP.hosts.get("cache-1")?.modes).toEqual({ ingress: "enforce", egress: "off" });
});

test("a host in no select segment is off, even where the policy enforces", () => {
  const inventory = inventoryOf(`
segments: { web: { select: role=web } }
hosts: { h: { addresses: [10.0.0.1] }, w: { addresses: [10.0.0.2], labels: { role: web } } }
rules: [{ allow: tcp/1, from: any, to: any-host }]
`);
  expect(inventory.hosts.get("h")?.modes).toEqual({ ingress: "off", egress: "off" });
  expect(inventory.hosts.get("w")?.modes).toEqual({ ingress: "enforce", egress: "enforce" });
});
