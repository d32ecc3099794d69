import type { Place } from "../policy/place.ts";
import type { Action, PolicyTest, TestedService } from "../policy/policy.ts";
import { AS_SAID } from "./judge.ts";
import type { Verdict } from "./judgement.ts";
import type { Outcome } from "./outcomes.ts";
import { Asker } from "./query.ts";
import type { ResolvedPolicy } from "./resolve.ts";

/** One service that one of the policy's own tests asks about, and what came out. */
export interface TestResult {
  /** Of the service in the test. */
  readonly place: Place;
  readonly from: string;
  readonly to: string;
  readonly unit?: string;
  readonly user?: string;
  /** As the author wrote it. */
  readonly service: string;
  readonly expected: Action;
  /** Of the answer that decided: the worst where all must get through, the best where nothing may. */
  readonly verdict: Verdict;
  readonly passed: boolean;
  /** Why it failed, one sentence for each host that decided so; why nothing was asked. Empty where it passed. */
  readonly reasons: readonly string[];
  /** The answers that are not what was expected. */
  readonly failures: readonly Outcome[];
}

/**
 * Runs the policy's own tests. They ask what the policy says, however far its enforcement has come: on a host that only observes, or that its
 * segments have turned off, what `enforce` would deny counts as denied. Of a host in no `select` segment the policy says nothing, so
 * nothing is denied there.
 */
export function runPolicyTests(resolved: ResolvedPolicy): readonly TestResult[] {
  const asker = new Asker(resolved, AS_SAID);
  return resolved.policy.tests.flatMap((test) => [
    ...test.allow.map((service) => run(asker, test, { service, expected: "allow" })),
    ...test.deny.map((service) => run(asker, test, { service, expected: "deny" })),
  ]);
}

interface Expectation {
  readonly service: TestedService;
  readonly expected: Action;
}

function run(asker: Asker, test: PolicyTest, { service, expected }: Expectation): TestResult {
  const { from, to, unit, user } = test;
  const sender = { ...(unit === undefined ? {} : { unit }), ...(user === undefined ? {} : { user }) };
  const { outcomes } = asker.ask({ from, to, service: service.text, ...sender });
  const failures = outcomes.filter(({ verdict }) => (verdict === "allow") !== (expected === "allow"));
  const decided = expected === "allow" ? outcomes[0] : outcomes.at(-1);
  return {
    place: service.place,
    from,
    to,
    ...sender,
    service: service.text,
    expected,
    verdict: decided?.verdict ?? expected,
    passed: failures.length === 0,
    reasons: decided === undefined ? [nobody(test)] : failures.slice(0, 1).flatMap(reasonsFor),
    failures,
  };
}

function nobody({ from, to }: PolicyTest): string {
  return `'${from}' or '${to}' has no members, so nothing was asked`;
}

/** What the hosts said that denied it; what all said where none did. */
function reasonsFor({ verdict, egress, ingress, from, to }: Outcome): readonly string[] {
  const judgements = [egress, ingress].filter((judgement) => judgement !== null);
  const deciding = verdict === "allow" ? judgements : judgements.filter((one) => one.verdict !== "allow");
  if (deciding.length > 0) return deciding.map(({ why }) => why);
  return [`no host judges what passes from ${from.join(", ")} to ${to.join(", ")}`];
}
