import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Stage } from "../oracle/stage.ts";
import { arbitraryFlow } from "./arbitrary-flow.ts";
import { arbitraryPolicy, HOST_ADDRESSES, OUTSIDE_ADDRESSES, UNITS, USERS } from "./arbitrary-policy.ts";
import { asStory } from "./found-story.ts";
import { disagreements, readPolicy } from "./round.ts";

/** More of both by `PROPERTY_RUNS=1000 PROPERTY_FLOWS=100`; a run again by the `PROPERTY_SEED` that a failure prints. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 30);
const FLOWS = Number(process.env.PROPERTY_FLOWS ?? 40);
const SEED = process.env.PROPERTY_SEED;
/** Milliseconds after which a failure is shrunk no further. */
const LONGEST = 300_000;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.create({
    hosts: new Map(Object.entries(HOST_ADDRESSES)),
    outside: OUTSIDE_ADDRESSES,
    units: [...UNITS, "none.service"],
    users: USERS,
  });
});
afterAll(() => stage?.[Symbol.asyncDispose]());

test(
  "whatever the policy and whatever the flow, the kernel does what evaluate() says, for the reason that it says",
  async () => {
    const flows = fc.array(arbitraryFlow(stage.estate.can), { minLength: FLOWS, maxLength: FLOWS });
    await fc.assert(
      fc.asyncProperty(arbitraryPolicy(), flows, async (value, chosen) => {
        const found = await disagreements(stage, readPolicy(value), chosen);
        if (found.length > 0) throw new Error(asStory(value, found));
      }),
      {
        numRuns: RUNS,
        interruptAfterTimeLimit: LONGEST + RUNS * FLOWS * 100,
        ...(SEED === undefined ? {} : { seed: Number(SEED) }),
      },
    );
  },
  2 * LONGEST + RUNS * FLOWS * 100,
);

test("a kernel that does something else is noticed", async () => {
  const value = {
    segments: { all: { select: "host" } },
    rules: [{ allow: "tcp/1000", from: "any", to: "all" }],
    hosts: Object.fromEntries(
      Object.entries(HOST_ADDRESSES).map(([name, addresses]) => [name, { addresses }]),
    ),
  };
  const flow = { source: "198.51.100.1", destination: "10.0.0.1", protocol: 6, number: 1000 };
  expect(await disagreements(stage, readPolicy(value), [flow])).toEqual([]);
  const asked = readPolicy({ ...value, rules: [{ name: "no", deny: "tcp/1000", from: "any", to: "all" }] });
  const found = await disagreements(stage, asked, [flow], readPolicy(value));
  expect(found.map(({ complaint }) => complaint)).toEqual([
    "198.51.100.1 -> 10.0.0.1 tcp/1000: expected timeout, got connected",
    "198.51.100.1 -> 10.0.0.1 tcp/1000: alpha should count 'ingress no policy.yaml:8' 1 times and counted it 0 times",
    "198.51.100.1 -> 10.0.0.1 tcp/1000: alpha should count 'ingress policy.yaml:8' 0 times and counted it 1 times",
  ]);
});
