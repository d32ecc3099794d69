import { render } from "@bulkhead/shared/nft/render.ts";
import { expect, test } from "vitest";
import { fakeKernel } from "../kernel/fake.ts";
import { rulesetOf } from "./change.ts";
import { policyOfDb } from "./fixtures/policies.ts";
import { digestOf } from "./generation.ts";
import { readBackProblem } from "./read-back.ts";

const policy = policyOfDb({ web: ["10.0.0.11", "10.0.0.12"] });
const meant = rulesetOf({
  digest: digestOf(policy),
  policy,
  facts: { names: {}, units: {}, users: {} },
  missing: [],
  stamp: { mask: 0xff000000, value: 0x01000000 },
  log: { to: "kernel" },
});

async function problemAfter(meddle: (text: string) => string): Promise<string | undefined> {
  const kernel = fakeKernel();
  await kernel.nft.load(meddle(render(meant)));
  return readBackProblem(meant, await kernel.nft.read());
}

test("what was loaded is read back", async () => {
  expect(await problemAfter((text) => text)).toBeUndefined();
});

test("what is missing, more, or another is named", async () => {
  expect(readBackProblem(meant, undefined)).toBe("there is no table");
  expect(await problemAfter((text) => text.replace("10.0.0.12", "10.0.0.11"))).toBe(
    "set web_4 has 1 elements and not 2",
  );
  expect(await problemAfter((text) => text.replace(/}\n$/, "\tchain mine {\n\t}\n}\n"))).toBe(
    "chain mine was not loaded",
  );
  expect(await problemAfter((text) => text.replace("\t\tjump current\n", ""))).toBe(
    "chain input has 5 rules and not 6",
  );
  expect(await problemAfter((text) => text.replaceAll("orders shop.json", "others shop.json"))).toMatch(
    /^chain ingress_tcp_5432 has another rule in place 1: /,
  );
});
