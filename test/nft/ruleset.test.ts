import { readAbout } from "@bulkhead/shared/nft/about.ts";
import { compile } from "@bulkhead/shared/nft/compile.ts";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import { NO_FACTS } from "@bulkhead/shared/nft/facts.ts";
import { onProbation } from "@bulkhead/shared/nft/probation.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import type { Ruleset } from "@bulkhead/shared/nft/ruleset.ts";
import { removal, transaction } from "@bulkhead/shared/nft/transaction.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { listAfter, listEach } from "./kernel-text.ts";
import { anyFacts, anyPolicy, hostPolicy } from "./policies.ts";

const RUNS = Number(process.env.BULKHEAD_PROPERTY_RUNS ?? 40);

function ruleset(policy: HostPolicy, facts: HostFacts = NO_FACTS, stamp = 1): Ruleset {
  return compile(policy, facts, {
    stamp: { mask: 0xff000000, value: (stamp << 24) >>> 0 },
    log: { to: "kernel" },
    digest: "abc",
  });
}

function objectsOf({ sets, chains }: Ruleset) {
  return {
    sets: sets.map(({ name }) => name),
    maps: [],
    chains: chains.map(({ name, base }) => ({ name, base: base !== undefined })),
  };
}

test("nft takes whatever the compiler makes of whatever names", { timeout: 300_000 }, () => {
  const cases = fc.sample(fc.tuple(anyPolicy, anyFacts), RUNS);
  const listings = listEach(cases.map(([policy, facts]) => [render(ruleset(policy, facts))]));
  expect(listings.every((listing) => listing.startsWith("table inet bulkhead {"))).toBe(true);
});

test("from any state to any other, probation included, the kernel then lists what a fresh load lists", {
  timeout: 300_000,
}, () => {
  const states = fc
    .sample(fc.tuple(anyPolicy, anyFacts), RUNS)
    .map(([policy, facts], at) => ruleset(policy, facts, (at % 200) + 1));
  const forms = states.map((state, at) =>
    at % 3 === 0 ? onProbation({ next: state, previous: states[at + 1], seconds: 600 }) : state,
  );
  const fresh = listEach(forms.map((form) => [render(form)]));
  const changed = listEach(
    forms.map((form, at) => {
      const before = forms.at(at - 1) ?? form;
      return [render(before), transaction(form, objectsOf(before))];
    }),
  );
  expect(changed).toEqual(fresh);
});

test("a table says of itself which policy it is, for which host, under which stamp", () => {
  const listing = listAfter([render(ruleset(hostPolicy({ host: "db-1" }), NO_FACTS, 0x7f))]);
  expect(readAbout(listing)).toEqual({
    digest: "abc",
    host: "db-1",
    stamp: { mask: 0xff000000, value: 0x7f000000 },
  });
});

test("on probation it says so of both rulesets", () => {
  const next = ruleset(hostPolicy({ host: "next" }), NO_FACTS, 2);
  const listing = listAfter([
    render(onProbation({ next, previous: ruleset(hostPolicy({ host: "previous" })), seconds: 60 })),
  ]);
  expect(readAbout(listing)?.host).toBe("previous");
  expect(readAbout(listing, "next_")).toMatchObject({ host: "next", stamp: { value: 0x02000000 } });
});

test("a table of somebody else's making says nothing", () => {
  expect(readAbout("table inet bulkhead {\n\tchain input {\n\t}\n}\n")).toBeUndefined();
});

test("removal takes the table away whether it is there or not", () => {
  const text = render(ruleset(hostPolicy()));
  expect(listAfter([removal(), text, removal(), "table inet bulkhead {\n}\n"])).toBe(
    "table inet bulkhead {\n}\n",
  );
});
