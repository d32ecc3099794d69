import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { encodeBoot } from "./boot-text.ts";
import { policyOfDb } from "./fixtures/policies.ts";
import { digestOf } from "./generation.ts";

const base = policyOfDb();
const template = base.rules.slice(0, 1);

/** The lines about units, for a policy with a rule for each of these. */
function unitLines(
  units: readonly string[],
  known: Readonly<Record<string, string>> = {},
): readonly string[] {
  const policy = {
    ...base,
    rules: units.flatMap((unit) => template.map((rule) => ({ ...rule, local: { unit } }))),
  };
  const facts = Object.entries(known).map(([unit, path]) => [unit, [{ path, level: 2, id: "7" }]]);
  const text = encodeBoot({
    digest: digestOf(policy),
    policy,
    facts: { names: {}, units: Object.fromEntries(facts), users: {} },
    missing: [],
    stamp: { mask: 0xff000000, value: 0x01000000 },
    log: { to: "kernel" },
  });
  const [first = "", ...rest] = text.split("\n");
  const digest = createHash("sha256").update(rest.join("\n")).digest("hex");
  expect(first).toBe(`# bulkhead-boot 1 sha256:${digest}`);
  // nft would look for their directories, which are not there yet.
  expect(rest.join("\n")).not.toMatch(/^\s*elements = \{ "/m);
  return rest.filter((line) => line.startsWith("#unit "));
}

test("the first line bears the digest of the rest, and a policy without units has no lines about them", () => {
  expect(unitLines([])).toEqual([]);
});

test("a unit is expected where it was last seen; one that is not running, where systemd puts it", () => {
  expect(unitLines(["db.service"], { "db.service": "shop.slice/db.service" })).toEqual([
    "#unit shop.slice/db.service unit_db.service",
  ]);
  expect(unitLines(["db.service"])).toEqual(["#unit system.slice/db.service unit_db.service"]);
  expect(unitLines(["pg@14-main.service"])).toEqual([
    expect.stringMatching(/^#unit system\.slice\/system-pg\.slice\/pg@14-main\.service unit_pg/),
  ]);
  expect(unitLines(["my-db@1.service"])).toEqual([
    expect.stringMatching(/^#unit system\.slice\/system-my\\x2ddb\.slice\/my-db@1\.service /),
  ]);
});

test("a path that systemd would not make never becomes a line that a shell reads", () => {
  expect(unitLines(["db.service"], { "db.service": 'a b" }\n#unit x y/db.service' })).toEqual([]);
});
