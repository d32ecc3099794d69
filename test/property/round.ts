/** One round: a policy is loaded on all hosts, flows are tried all at once, and what differs is tried again alone to say which flow it was. */

import { compile } from "@bulkhead/shared/nft/compile.ts";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { formatProblem } from "@bulkhead/shared/policy/problem.ts";
import { evaluate } from "@bulkhead/shared/rules/evaluate.ts";
import type { Flow } from "@bulkhead/shared/rules/flow.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import type { Abilities } from "../estate/estate.ts";
import { type Attempt, attemptText, fateOf, judgementsMet, STAMP } from "../oracle/attempt.ts";
import { counterOf, growth } from "../oracle/counters.ts";
import type { Stage } from "../oracle/stage.ts";
import { type PolicyValue, UNITS, USERS } from "./arbitrary-policy.ts";

export interface Disagreement {
  readonly flow: Flow;
  readonly complaint: string;
}

/** A policy that the arbitrary made must be valid: an error in it is one in the arbitrary or in the parser. */
export function readPolicy(value: PolicyValue): ResolvedPolicy {
  const { policy, problems } = parsePolicy([{ name: "policy.yaml", text: JSON.stringify(value, null, 2) }]);
  if (!policy) throw new Error(problems.map(formatProblem).join("\n"));
  return resolvePolicy(policy, buildInventory(policy));
}

/** @param loaded the policy that the kernel gets, where that is not the one that is asked (for controls) */
export async function disagreements(
  stage: Stage,
  resolved: ResolvedPolicy,
  flows: readonly Flow[],
  loaded: ResolvedPolicy = resolved,
): Promise<Disagreement[]> {
  const round = new Round(stage, [...resolved.hosts.keys()]);
  await round.load(loaded);
  const attempts = flows.map((flow): Attempt => {
    const { source, destination } = flow;
    return { flow, evaluation: evaluate(resolved, flow), source, destination };
  });
  if ((await round.complaints(attempts)).length === 0) return [];
  const found: Disagreement[] = [];
  for (const attempt of attempts)
    for (const complaint of await round.complaints([attempt])) found.push({ flow: attempt.flow, complaint });
  return found;
}

/** Where there can be no units, none is running. */
const factsOf = ({ units }: Abilities): HostFacts => ({
  names: {},
  users: USERS,
  units: Object.fromEntries(
    (units ? UNITS : []).map((unit) => [unit, [{ path: `system.slice/${unit}`, level: 2, id: "0" }]]),
  ),
});
class Round {
  readonly #stage: Stage;
  readonly #hosts: readonly string[];

  constructor(stage: Stage, hosts: readonly string[]) {
    this.#stage = stage;
    this.#hosts = hosts;
  }

  async load(resolved: ResolvedPolicy): Promise<void> {
    const facts = factsOf(this.#stage.estate.can);
    const options = { stamp: STAMP, log: { to: "nowhere" }, digest: "property" } as const;
    await Promise.all(
      this.#hosts.map((host) =>
        this.#stage.load(host, render(compile(resolved.hostPolicy(host), facts, options))),
      ),
    );
  }

  async complaints(attempts: readonly Attempt[]): Promise<string[]> {
    const before = await this.#counters();
    const fates = await this.#stage.try(attempts);
    const after = await this.#counters();
    const wrong = attempts.flatMap((attempt, at) =>
      fates[at] === fateOf(attempt)
        ? []
        : [`${attemptText(attempt)}: expected ${fateOf(attempt)}, got ${fates[at]}`],
    );
    const counted = after.map((counters, at) => growth(before[at] ?? new Map(), counters));
    return [
      ...wrong,
      ...this.#hosts.flatMap((host, at) => differentCounts(host, attempts, counted[at] ?? new Map())),
    ];
  }

  #counters() {
    return Promise.all(this.#hosts.map((host) => this.#stage.counters(host)));
  }
}

/** Each flow is counted exactly once on each host that judges it, by the rule that is named. */
function differentCounts(
  host: string,
  attempts: readonly Attempt[],
  counted: ReadonlyMap<string, number>,
): string[] {
  const names = attempts
    .flatMap(judgementsMet)
    .filter(([, judgement]) => judgement.host === host)
    .flatMap(([direction, judgement]) => counterOf(direction, judgement));
  const expected = new Map<string, number>();
  for (const name of names) expected.set(name, (expected.get(name) ?? 0) + 1);
  const all = [...new Set([...expected.keys(), ...counted.keys()])];
  return all
    .filter((name) => (expected.get(name) ?? 0) !== (counted.get(name) ?? 0))
    .map(
      (name) =>
        `${attempts.length === 1 && attempts[0] ? `${attemptText(attempts[0])}: ` : ""}${host} should count '${name}' ${expected.get(name) ?? 0} times and counted it ${counted.get(name) ?? 0} times`,
    );
}
