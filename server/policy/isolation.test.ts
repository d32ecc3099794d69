import type { Host } from "@bulkhead/shared/policy/policy.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { judge } from "@bulkhead/shared/rules/judge.ts";
import { expect, test } from "vitest";
import { Isolation } from "./isolation.ts";

const place = { file: "a.yaml", line: 1, column: 1 };
const host = (name: string, address: string): Host => ({ name, addresses: [address], labels: {}, place });
const INTRUDED = host("web-7", "10.0.0.7");
const OTHER = host("db-1", "10.0.0.21");
const JUMP = host("jump-1", "10.9.0.5");
const SERVER = host("centre-1", "10.0.0.2");
const HOSTS = new Map([INTRUDED, OTHER, JUMP, SERVER].map((one) => [one.name, one]));

/** A host that lets everything pass. */
function open({ name, addresses }: Host): HostPolicy {
  const rule = { name: "all", file: "a.yaml", line: 1 };
  return {
    formatVersion: 1,
    ...{ host: name, addresses, modes: { ingress: "enforce", egress: "enforce" }, groups: {} },
    rules: (["ingress", "egress"] as const).map((direction) => ({
      ...{ direction, action: "allow", rule, service: "all", local: {}, peers: [{ kind: "any" }] },
    })),
  };
}

function verdicts(isolation: Isolation, at: Host, { peer, port = 22 }: { peer: Host; port?: number }) {
  const policy = isolation.applied(at, open(at), HOSTS);
  if (policy === undefined) throw new Error("there is no policy");
  const [own = "", other = ""] = [at.addresses[0], peer.addresses[0]];
  const tcp = { protocol: 6, number: port };
  return [
    judge(policy, { direction: "ingress", source: other, destination: own, ...tcp }).verdict,
    judge(policy, { direction: "egress", source: own, destination: other, ...tcp }).verdict,
  ];
}

test("the isolated host refuses everybody but its management, and everybody but its management refuses it", () => {
  const isolation = new Isolation();
  isolation.begin("web-7", ["10.9.0.0/24"]);
  expect(verdicts(isolation, INTRUDED, { peer: OTHER })).toEqual(["deny", "deny"]);
  expect(verdicts(isolation, INTRUDED, { peer: JUMP })).toEqual(["allow", "allow"]);
  expect(verdicts(isolation, OTHER, { peer: INTRUDED })).toEqual(["deny", "deny"]);
  expect(verdicts(isolation, JUMP, { peer: INTRUDED })).toEqual(["allow", "allow"]);
  // All others go on as they were.
  expect(verdicts(isolation, OTHER, { peer: JUMP })).toEqual(["allow", "allow"]);
  isolation.end("web-7");
  expect(isolation.applied(OTHER, open(OTHER), HOSTS)).toEqual(open(OTHER));
});

test("on the server's own machine it reaches the server, and nothing else", () => {
  const isolation = new Isolation(() => ({ addresses: SERVER.addresses, port: 8444 }));
  isolation.begin("web-7", []);
  expect(verdicts(isolation, SERVER, { peer: INTRUDED, port: 8444 })).toEqual(["allow", "allow"]);
  expect(verdicts(isolation, SERVER, { peer: INTRUDED, port: 8443 })).toEqual(["deny", "deny"]);
  expect(verdicts(isolation, OTHER, { peer: INTRUDED, port: 8444 })).toEqual(["deny", "deny"]);
});

test("hosts with the same rules share them as before, whoever was isolated first", () => {
  const [one, other] = [new Isolation(), new Isolation()];
  for (const name of ["web-7", "jump-1"]) one.begin(name, []);
  for (const name of ["jump-1", "web-7"]) other.begin(name, []);
  const policy = open(OTHER);
  expect(one.applied(OTHER, policy, HOSTS)).toEqual(other.applied(OTHER, policy, HOSTS));
  expect(one.applied(OTHER, policy, HOSTS)?.rules).toBe(one.applied(OTHER, policy, HOSTS)?.rules);
});
