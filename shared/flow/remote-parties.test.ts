import { expect, test } from "vitest";
import type { HostPolicy } from "../rules/host-policy.ts";
import { RemoteParties } from "./remote-parties.ts";

const GROUPS: HostPolicy["groups"] = {
  g1: { kind: "hosts", segment: "web", same: {}, members: ["10.0.0.11", "fd00::11"] },
  g2: { kind: "hosts", segment: "all-hosts", same: {}, members: ["10.0.0.11"] },
  g3: { kind: "blocks", segment: "office", blocks: ["10.9.0.0/16", "fd00:9::/32"] },
  g4: { kind: "blocks", segment: "admins", blocks: ["10.9.1.0-10.9.1.7"] },
  g5: { kind: "names", segment: "mirrors", names: ["deb.example.org"] },
};

const parties = new RemoteParties(GROUPS, {
  hostNames: { "10.0.0.11": "web-1" },
  names: { "deb.example.org": ["198.51.100.7"], "other.example.org": ["198.51.100.7", "198.51.100.8"] },
});

test.each([
  ["10.0.0.11", { host: "web-1", segment: "all-hosts" }],
  ["fd00::11", { segment: "web" }],
  ["10.9.2.1", { segment: "office" }],
  ["10.9.1.7", { segment: "admins" }],
  ["fd00:9::1", { segment: "office" }],
  ["198.51.100.7", { segment: "mirrors" }],
  ["198.51.100.8", {}],
  ["203.0.113.1", {}],
])("%s is %j", (address, known) => {
  expect(parties.partyOf(address)).toEqual({ address, ...known });
});

test("an address has the names that resolve to it, of the policy or not", () => {
  expect(parties.dnsNamesOf("198.51.100.7")).toEqual(["deb.example.org", "other.example.org"]);
  expect(parties.dnsNamesOf("203.0.113.1")).toEqual([]);
});
