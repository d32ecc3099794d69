import type { Direction } from "../policy/policy.ts";
import type { RuleRef } from "../rules/host-policy.ts";
import type { Verdict } from "../rules/judgement.ts";
import type { LocalParty, RemoteParty } from "./record.ts";

/** What makes flows alike. Whoever observes makes one object for each and uses it again: it is counted by the object, not by what it says. */
export interface FlowIdentity {
  readonly direction: Direction;
  readonly verdict: Verdict;
  readonly local: Omit<LocalParty, "pid">;
  readonly remote: RemoteParty;
  readonly protocol: number;
  readonly service: number;
  readonly rule: RuleRef | null;
}
