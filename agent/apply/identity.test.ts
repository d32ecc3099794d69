import { expect, test } from "vitest";
import { chooseHost } from "./identity.ts";

const hosts = [
  { name: "web-1", addresses: ["10.0.0.11"] },
  { name: "db-1", addresses: ["10.0.0.21", "fd00::21"] },
];

function choose(name: string, addresses: readonly string[], as?: string): string {
  return chooseHost({ name, addresses }, hosts, as);
}

test("the host that is named is the one, whatever this machine is", () => {
  expect(choose("web-1", ["10.0.0.11"], "db-1")).toBe("db-1");
});

test("a name that is misspelt is refused, with the nearest and all candidates", () => {
  expect(() => choose("x", [], "bd-1")).toThrow(
    expect.objectContaining({
      code: "command/unknown-host",
      remedy: "Did you mean 'db-1'? The policy's hosts are web-1, db-1.",
    }),
  );
});

test("this machine's name counts before its addresses, with or without a domain", () => {
  expect(choose("web-1", ["10.0.0.21"])).toBe("web-1");
  expect(choose("web-1.example.com", ["10.0.0.21"])).toBe("web-1");
});

test("an address finds the host, of either family", () => {
  expect(choose("localhost", ["192.0.2.1", "fd00::21"])).toBe("db-1");
});

test("a machine that is none of them, or several, is told the candidates", () => {
  expect(() => choose("vm", ["192.0.2.1"])).toThrow(
    expect.objectContaining({
      code: "apply/host-not-found",
      message: "this machine, vm (192.0.2.1), is none of the policy's hosts",
      remedy: "Name the host that it is with --as: web-1, db-1.",
    }),
  );
  expect(() => choose("vm", ["10.0.0.11", "10.0.0.21"])).toThrow(
    expect.objectContaining({
      code: "apply/host-ambiguous",
      remedy: "Name the one that it is with --as: web-1, db-1.",
    }),
  );
});

test("a policy without hosts says so", () => {
  expect(() => chooseHost({ name: "vm", addresses: [] }, [], undefined)).toThrow(
    expect.objectContaining({ remedy: "The policy has no `hosts`; add this machine to them." }),
  );
});
