/** What is true on this host, read from its kernel. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { formatService } from "@bulkhead/shared/net/service.ts";
import { DEFAULT_COMMENT } from "@bulkhead/shared/nft/denial.ts";
import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import type { Action, Direction, Modes } from "@bulkhead/shared/policy/policy.ts";
import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { Agent } from "./agent.ts";
import { type Difference, tableDifferences } from "./drift.ts";
import type { Generation } from "./generation.ts";
import { type Count, countCalled, countOf, type Looks, lookAgain } from "./looks.ts";
import { presentOf } from "./present.ts";
import type { Situation } from "./settle.ts";

export interface Status {
  /**
   * `absent`: no policy, and no table; `missing`: the table is gone; `changed`: by somebody else; `unknown`: of ours, and not of this state; `unread`: the
   * kernel could not be asked, so nobody knows.
   */
  readonly kernel: "holds" | "absent" | "missing" | "changed" | "unknown" | "unread";
  readonly differences: readonly Difference[];
  /** The policy that is in force, or should be. */
  readonly policy: AppliedPolicy | undefined;
  /** What the table in the kernel says of itself. */
  readonly inKernel: { readonly digest: string; readonly host: string; readonly stamp: Stamp } | undefined;
  readonly probation: { readonly secondsLeft: number; readonly fallsBackTo: string | undefined } | undefined;
  readonly previous: { readonly digest: string; readonly loadedAt: string } | undefined;
  readonly rules: readonly RuleStatus[];
  /** What no rule allowed, for each direction that is judged. */
  readonly byDefault: Readonly<Partial<Record<Direction, Count>>>;
  readonly notes: readonly BulkheadError[];
}

export interface AppliedPolicy {
  readonly host: string;
  readonly digest: string;
  readonly modes: Modes;
  readonly stamp: Stamp;
  readonly loadedAt: string;
  /** What it names and was not there when it was loaded. */
  readonly missing: readonly string[];
}

export interface RuleStatus extends Count {
  readonly direction: Direction;
  readonly action: Action;
  readonly rule: RuleRef;
  readonly services: readonly string[];
  readonly expires?: string;
  readonly expired?: boolean;
}

/** Remembers the counters as well, so that the next look can say what was hit in between. */
export function status(situation: Situation, { store, now }: Agent): Status {
  const { table, held, trial, current, previous } = situation;
  const present = presentOf(table);
  const inForce = trial?.generation ?? held;
  const generation = inForce ?? current;
  const at = new Date(now()).toISOString();
  const looks =
    inForce === undefined
      ? undefined
      : lookAgain(store.readLooks(), table?.counters ?? [], { generation: inForce, at });
  if (looks !== undefined) store.writeLooks(looks);
  const about = present?.trial?.about ?? present?.settled;
  return {
    kernel: verdict(situation, inForce),
    differences: differencesOf(situation, inForce),
    policy: generation && appliedPolicy(generation),
    inKernel: about && { digest: about.digest, host: about.host, stamp: about.stamp },
    probation: trial && { secondsLeft: trial.secondsLeft, fallsBackTo: held?.digest },
    previous: previous && { digest: previous.digest, loadedAt: previous.loadedAt },
    rules: generation === undefined ? [] : rulesOf(generation, looks, now()),
    byDefault: generation === undefined ? {} : defaultsOf(generation, looks),
    notes: situation.notes,
  };
}

/** What can be said without the kernel: what should be in force, and why nobody knows whether it is. */
export function unreadStatus(generation: Generation | undefined, why: BulkheadError): Status {
  return {
    kernel: "unread",
    differences: [],
    policy: generation && appliedPolicy(generation),
    inKernel: undefined,
    probation: undefined,
    previous: undefined,
    rules: [],
    byDefault: {},
    notes: [why],
  };
}

function verdict({ table, current, trial }: Situation, inForce: Generation | undefined): Status["kernel"] {
  if (table === undefined) return current === undefined ? "absent" : "missing";
  const isUnknownTrial = trial === undefined && (table.probation?.secondsLeft ?? 0) > 0;
  if (inForce === undefined || isUnknownTrial) return "unknown";
  return inForce.listing === table.stableText ? "holds" : "changed";
}

function differencesOf(situation: Situation, inForce: Generation | undefined): readonly Difference[] {
  const { table } = situation;
  if (table === undefined || inForce === undefined || verdict(situation, inForce) !== "changed") return [];
  if (inForce.listing === undefined)
    return [{ object: "table", lines: ["~ it was not what had been loaded when it was read back"] }];
  return tableDifferences(inForce.listing, table.stableText);
}

function appliedPolicy({ policy, digest, stamp, loadedAt, missing }: Generation): AppliedPolicy {
  return { host: policy.host, digest, modes: policy.modes, stamp, loadedAt, missing };
}

/** A rule of the policy is one line a direction, whatever it is made of here. */
function rulesOf({ policy }: Generation, looks: Looks | undefined, now: number): readonly RuleStatus[] {
  const rules = Map.groupBy(policy.rules, ({ direction, rule }) => `${direction} ${rule.name}`);
  return [...rules.values()].flatMap(([first]) => {
    if (first === undefined) return [];
    const { direction, action, rule, service, expires } = first;
    const count = looks === undefined ? { packets: 0, bytes: 0 } : countOf(looks, direction, rule);
    const end =
      expires === undefined ? {} : { expires: new Date(expires).toISOString(), expired: expires <= now };
    return [{ direction, action, rule, services: formatService(service), ...count, ...end }];
  });
}

function defaultsOf({ policy }: Generation, looks: Looks | undefined): Status["byDefault"] {
  const judged = (["ingress", "egress"] as const).filter((direction) => policy.modes[direction] !== "off");
  return Object.fromEntries(
    judged.map((direction) => [direction, countCalled(looks ?? { counts: {} }, direction, DEFAULT_COMMENT)]),
  );
}
