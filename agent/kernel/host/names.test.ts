import { expect, test } from "vitest";
import { findNames } from "./names.ts";

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "api.example": ["203.0.113.7", "2001:DB8::7", "203.0.113.5", "203.0.113.7"],
  "mapped.example": ["::ffff:203.0.113.9"],
  "zoned.example": ["fe80::1%eth0", "10.0.0.1"],
  "empty.example": [],
  "large.example": Array.from({ length: 12 }, (_, i) => `10.0.0.${i}`),
};

async function ask(name: string): Promise<readonly string[]> {
  const answer = ANSWERS[name];
  if (answer === undefined) throw Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
  return answer;
}

test("addresses come canonical, IPv4 first, in order, each once", async () => {
  expect(await findNames(["api.example", "mapped.example", "zoned.example"], { ask })).toEqual({
    names: {
      "api.example": ["203.0.113.5", "203.0.113.7", "2001:db8::7"],
      "mapped.example": ["203.0.113.9"],
      "zoned.example": ["10.0.0.1"],
    },
    missing: [],
  });
});

test("what is missing is said, with the reason", async () => {
  expect(await findNames(["nosuch.example", "empty.example"], { ask })).toEqual({
    names: {},
    missing: [
      "the DNS name empty.example has no address",
      "the DNS name nosuch.example cannot be resolved (ENOTFOUND)",
    ],
  });
});

test("a name that is never answered does not hold up the others", async () => {
  const hanging = (name: string) => (name === "api.example" ? ask(name) : new Promise<never>(() => {}));
  const found = await findNames(["slow.example", "api.example"], { ask: hanging, timeoutMilliseconds: 20 });
  expect(Object.keys(found.names)).toEqual(["api.example"]);
  expect(found.missing).toEqual(["the DNS name slow.example had no answer within 0.02 s"]);
});

test("an answer without measure is cut, and that is said", async () => {
  const found = await findNames(["large.example"], { ask, mostAddresses: 10 });
  expect(found.names["large.example"]).toHaveLength(10);
  expect(found.missing).toEqual([
    "the DNS name large.example has 12 addresses, of which the last 2 are left out",
  ]);
});

test("many names are asked a few at a time, each once", async () => {
  const wanted = Array.from({ length: 50 }, (_, i) => `${i}.example`);
  const asked: string[] = [];
  let atOnce = 0;
  let most = 0;
  const counting = async (name: string) => {
    asked.push(name);
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce--;
    return ["10.0.0.1"];
  };
  const { names } = await findNames(wanted, { ask: counting, atOnce: 3 });
  expect(asked).toEqual(wanted);
  expect(Object.keys(names)).toHaveLength(50);
  expect(most).toBe(3);
});

test("this machine's own resolver knows this machine", async () => {
  const { names } = await findNames(["localhost"]);
  expect(names.localhost?.some((address) => address === "127.0.0.1" || address === "::1")).toBe(true);
});

test("names are data, whatever they look like", async () => {
  const { names } = await findNames(["__proto__"], { ask: async () => ["10.0.0.1"] });
  expect(Object.hasOwn(names, "__proto__")).toBe(true);
});
