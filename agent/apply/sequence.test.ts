/** States, not scripts: any operation may follow any other, also one that is killed half-way, and after each the kernel holds what a fresh compile would make. */

import { onProbation } from "@bulkhead/shared/nft/probation.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import type { Ruleset } from "@bulkhead/shared/nft/ruleset.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeKernel } from "../kernel/fake.ts";
import type { Step } from "./agent.ts";
import { apply } from "./apply.ts";
import { rulesetOf } from "./change.ts";
import { clear } from "./clear.ts";
import { confirm } from "./confirm.ts";
import { type TestAgent, testAgent } from "./fixtures/agents.ts";
import { ADMINS, ORDERS, policyOfDb } from "./fixtures/policies.ts";
import { digestOf } from "./generation.ts";
import { look, recover } from "./recover.ts";
import { rollback } from "./rollback.ts";

/** The first four differ in members only, or not at all; the others in rules and modes. */
const POLICIES = [
  policyOfDb({ web: ["10.0.0.11"] }),
  policyOfDb({ web: ["10.0.0.11", "10.0.0.12"] }),
  policyOfDb({ web: ["10.0.0.13", "fd00::13"] }),
  policyOfDb({ web: [] }),
  policyOfDb({ rules: [ORDERS] }),
  policyOfDb({ rules: [ORDERS, ADMINS, { deny: "all", from: "web", to: "db" }], mode: "observe" }),
];

type Operation =
  | { readonly kind: "apply" | "trial"; readonly policy: number }
  | { readonly kind: "confirm" | "rollback" | "lapse" | "flush" | "tamper" | "clear" };

interface Move {
  readonly operation: Operation;
  /** The operation is killed before this step, if it comes to it. */
  readonly killBefore: Step | undefined;
}

/** What should be in force, by digest. */
interface Expected {
  readonly current: string | undefined;
  readonly previous: string | undefined;
  readonly trial: string | undefined;
  /** Whether the kernel has our table, and below a trial a policy to fall back to. */
  readonly table: "none" | "open" | "holds" | "tampered";
}

const NOTHING: Expected = { current: undefined, previous: undefined, trial: undefined, table: "none" };
const DIGESTS = POLICIES.map(digestOf);

function after(operation: Operation, before: Expected): Expected {
  const { current, trial, table } = before;
  switch (operation.kind) {
    case "apply":
      return promoted(before, DIGESTS[operation.policy]);
    case "trial": {
      const digest = DIGESTS[operation.policy];
      if (trial === undefined && table === "holds" && current === digest) return before;
      return { ...before, trial: digest, table: hasBase(before) ? "holds" : "open" };
    }
    case "confirm":
      return trial === undefined ? before : promoted(before, trial);
    case "lapse":
      return ended(before);
    case "rollback":
      return trial === undefined ? rolledBack(before) : ended(before);
    case "flush":
      return { ...before, trial: undefined, table: "none" };
    case "tamper":
      return table === "none" ? before : { ...before, table: table === "open" ? "open" : "tampered" };
    case "clear":
      return NOTHING;
  }
}

function hasBase({ table }: Expected): boolean {
  return table === "holds" || table === "tampered";
}

function promoted({ current, previous }: Expected, next: string | undefined): Expected {
  return {
    current: next,
    previous: current === next ? previous : (current ?? previous),
    trial: undefined,
    table: "holds",
  };
}

function ended(before: Expected): Expected {
  if (before.trial === undefined) return before;
  return { ...before, trial: undefined, table: hasBase(before) ? "holds" : "none" };
}

function rolledBack(before: Expected): Expected {
  const { current, previous } = before;
  const held = before.table === "none" ? undefined : current;
  return previous === undefined || previous === held ? before : promoted(before, previous);
}

async function perform(operation: Operation, agent: TestAgent): Promise<unknown> {
  const { kernel } = agent;
  kernel.knobs.secondsLeft = operation.kind === "lapse" ? 0 : 60;
  switch (operation.kind) {
    case "apply":
      return apply({ policy: POLICIES[operation.policy] ?? policyOfDb() }, agent);
    case "trial":
      return apply({ policy: POLICIES[operation.policy] ?? policyOfDb(), confirmWithinSeconds: 60 }, agent);
    case "confirm":
      return confirm(agent);
    case "rollback":
      return rollback(agent);
    case "lapse":
      return recover(agent);
    case "flush":
      return kernel.foreignFlush();
    case "tamper":
      return (await kernel.nft.read()) === undefined ? undefined : kernel.foreignRule("input", "accept");
    case "clear":
      return clear(agent);
  }
}

/** Kills the operation where it is told to; the next agent then finds what it left. Gives whether it was killed. */
async function performOrDie({ operation, killBefore }: Move, agent: TestAgent): Promise<boolean> {
  agent.killBefore = killBefore;
  return Promise.race([perform(operation, agent).then(() => false), agent.killed.then(() => true)]);
}

/** What is found once everything is in order. */
async function found(agent: TestAgent): Promise<Expected> {
  const { held, trial, current, previous, table, repair } = await recover(agent);
  expect(repair).toBeUndefined();
  const intact = table?.stableText === (trial?.generation ?? held)?.listing;
  const state = held === undefined ? "open" : intact ? "holds" : "tampered";
  return {
    current: current?.digest,
    previous: previous?.digest,
    trial: trial?.generation.digest,
    table: table === undefined ? "none" : state,
  };
}

/** The text that a kernel would list that has never held anything else. */
async function freshText(ruleset: Ruleset): Promise<string | undefined> {
  const kernel = fakeKernel();
  await kernel.nft.load(render(ruleset));
  return (await kernel.nft.read())?.stableText;
}

async function expectFresh(agent: TestAgent): Promise<void> {
  const { held, trial, table } = await look(agent);
  const ruleset =
    trial === undefined
      ? held && rulesetOf(held)
      : onProbation({ next: rulesetOf(trial.generation), previous: held && rulesetOf(held), seconds: 60 });
  expect(table?.stableText).toBe(ruleset && (await freshText(ruleset)));
}

const policy = fc.nat({ max: POLICIES.length - 1 });
const operation = fc.oneof(
  { weight: 4, arbitrary: policy.map((at): Operation => ({ kind: "apply", policy: at })) },
  { weight: 3, arbitrary: policy.map((at): Operation => ({ kind: "trial", policy: at })) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom("confirm", "rollback", "lapse", "flush", "tamper", "clear")
      .map((kind): Operation => ({ kind: kind as "confirm" })),
  },
);
const step = fc.constantFrom<Step>(
  "write-pending",
  "prime",
  "adopt",
  "load",
  "read-back",
  "promote",
  "tidy-marks",
);
const move = fc.record({ operation, killBefore: fc.option(step, { nil: undefined, freq: 3 }) });

test("any operation may follow any other", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 2, maxLength: 10 }), async (moves) => {
      let agent = testAgent();
      using _directory = agent;
      let expected = NOTHING;
      for (const one of moves) {
        const before = expected;
        const killed = await performOrDie(one, agent);
        agent = testAgent(agent);
        expected = after(one.operation, before);
        const now = await found(agent);
        if (!killed) expect(now).toEqual(expected);
        else expected = await oldOrNew(now, { before, expected, agent });
        if (expected.table === "holds") await expectFresh(agent);
      }
    }),
    { numRuns: 100 },
  );
});

/** After a kill the old policy is in force, or the new one. A trial whose record was overwritten is left to its clock, and then the policy below it is back. */
async function oldOrNew(
  now: Expected,
  { before, expected, agent }: { before: Expected; expected: Expected; agent: TestAgent },
): Promise<Expected> {
  const isLost =
    before.trial !== undefined && now.trial === undefined && (await agent.kernel.nft.read())?.probation;
  if (isLost) {
    agent.kernel.knobs.secondsLeft = 0;
    expect(await found(agent)).toEqual(ended(before));
    return ended(before);
  }
  expect([before, expected]).toContainEqual(now);
  return now;
}
