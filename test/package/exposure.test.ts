/** How much of a machine each service could reach if it were taken over, by systemd's own measure: from 0 (nothing) to 10. What is left is explained in the units. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHECKOUT } from "../estate/place.ts";
import { has, run } from "./built.ts";

const lack = has("systemd-analyze") ? "" : " (systemd-analyze is not installed)";

interface Finding {
  readonly set: boolean | null;
  readonly name: string;
  readonly exposure: string | null;
}

const file = (unit: string) => join(CHECKOUT, "packaging/systemd", `${unit}.service`);

function security(unit: string, ...words: readonly string[]): Promise<string> {
  return run("systemd-analyze", ["security", "--offline=true", "--no-pager", ...words, file(unit)]);
}

test.skipIf(lack !== "").each([
  ["bulkhead-server", 1.2],
  ["bulkhead-agent", 2.5],
  ["bulkhead-boot", 5.4],
])(`%s is exposed by no more than %f${lack}`, async (unit, most) => {
  const [, found = ""] = /Overall exposure level.*: ([\d.]+) /.exec(await security(unit)) ?? [];
  expect(Number(found)).toBeGreaterThan(0);
  expect(Number(found)).toBeLessThanOrEqual(most);
});

/** What a unit cannot give up is named where it is set, in words that begin with `# Exposure:`. */
test.skipIf(lack !== "").each(["bulkhead-server", "bulkhead-agent"])(
  `every exposure of %s is explained in the unit${lack}`,
  async (unit) => {
    const findings: readonly Finding[] = JSON.parse(await security(unit, "--json=short"));
    const explained = readFileSync(file(unit), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("# Exposure:"))
      .join("\n");
    const left = findings.filter(({ exposure }) => exposure !== null && Number(exposure) > 0);
    expect(left.length).toBeGreaterThan(0);
    for (const { name } of left) expect([name, whatIsLeft(name).test(explained)]).toEqual([name, true]);
  },
);

/** `CapabilityBoundingSet=~CAP_(DAC_*|FOWNER)` is told by one of the capabilities, `User=/DynamicUser=` by the setting. */
function whatIsLeft(name: string): RegExp {
  const [setting = "", refused] = name.split("=~");
  return new RegExp(`\\b${(refused ?? setting.replace(/=.*/, "")).replaceAll("*", "\\w*")}\\b`);
}
