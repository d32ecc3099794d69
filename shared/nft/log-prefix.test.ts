import { expect, test } from "vitest";
import { hostPolicy, hostRule } from "../../test/nft/policies.ts";
import { decodeLogPrefix, encodeLogPrefix } from "./log-prefix.ts";

const long = "a rule whose author could not stop ".repeat(8);
const policy = hostPolicy({
  rules: [
    hostRule({ action: "deny", name: "no-dev", line: 4 }),
    hostRule({ action: "deny", name: `${long}one`, line: 5, direction: "egress" }),
    hostRule({ action: "deny", name: `${long}two`, line: 5, direction: "egress" }),
    hostRule({ action: "deny", name: 'qu"ote $HOME \\ \n', line: 6 }),
  ],
});

test("a prefix reads as verdict, direction, rule and place", () => {
  const rule = { name: "no-dev", file: "shop.yaml", line: 4 };
  expect(encodeLogPrefix({ verdict: "deny", direction: "ingress", rule })).toBe(
    "bulkhead deny ingress no-dev shop.yaml:4: ",
  );
  expect(encodeLogPrefix({ verdict: "would-deny", direction: "egress", rule: null })).toBe(
    "bulkhead would-deny egress (no rule allows it): ",
  );
});

test("every rule finds its way back, also from a prefix that had to be cut or cleaned", () => {
  for (const { direction, rule } of policy.rules) {
    const prefix = encodeLogPrefix({ verdict: "deny", direction, rule });
    expect(new TextEncoder().encode(prefix).length).toBeLessThanOrEqual(127);
    expect(prefix).not.toMatch(/["$\\\n]/);
    expect(decodeLogPrefix(prefix, policy)).toEqual({ verdict: "deny", direction, rule });
  }
});

test("a prefix of somebody else's, or of a rule that is gone, says nothing", () => {
  expect(decodeLogPrefix("IN=eth0", policy)).toBeUndefined();
  expect(decodeLogPrefix("bulkhead deny ingress gone shop.yaml:9: ", policy)).toBeUndefined();
});
