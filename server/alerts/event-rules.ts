/** What is found in events. A new kind of event that should alarm somebody gets its line here. */

import type { BrokenClaim } from "../policy/standing-proof.ts";
import type { Finding } from "./alert-kinds.ts";
import { brokenFinding, haltedFinding } from "./conditions.ts";

export interface HappenedEvent {
  readonly kind: string;
  readonly who: string;
  /** A host's name, a version's number, … */
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

type Rule = (event: HappenedEvent) => Finding | undefined;

const RULES: Readonly<Record<string, Rule>> = {
  tampering: ({ about, facts }) => ({
    kind: "tampering",
    about,
    words: `the rules of ${about} were changed by somebody else: ${text(facts.what)}`,
    facts: { host: about, what: facts.what ?? null },
  }),
  "rollout-halted": ({ about, facts: { rollout, wave, of, why } }) =>
    haltedFinding(
      { version: about, rollout: Number(rollout), wave: Number(wave), of: Number(of), why: text(why) },
      1,
    ),
  "policy-claim-broken": ({ about, facts }) => brokenFinding({ about, ...facts } as unknown as BrokenClaim),
  "agent-refused": ({ about, facts }) => ({
    kind: "certificate-refused",
    about,
    words: `${about} was refused at the door for agents: ${text(facts.why)}`,
    facts,
  }),
  "approvals-changed": ({ who, facts }) =>
    Number(facts.to) < Number(facts.from)
      ? {
          kind: "approvals-lowered",
          about: "approvals",
          words: `${who} has changed how many people approve a version from ${facts.from} to ${facts.to}`,
          facts: { who, ...facts },
        }
      : undefined,
  "policy-rolled-back-unapproved": ({ who, about, facts }) => ({
    kind: "rolled-back-unapproved",
    about: `version ${about}`,
    words: `${who} went back to version ${about}, which ${facts.given} of ${facts.needed} people have approved as it is now`,
    facts: { who, ...facts },
  }),
  "policy-approved": ({ who, about, facts: { doubts } }) =>
    Array.isArray(doubts) && doubts.length > 0
      ? {
          kind: "approval-doubtful",
          about: `version ${about} by ${who}`,
          words: `the approval of version ${about} by ${who} may be its author's own: ${text(doubts.join("; "))}`,
          facts: { who, doubts },
        }
      : undefined,
};

export function findingOf(event: HappenedEvent): Finding | undefined {
  return Object.hasOwn(RULES, event.kind) ? RULES[event.kind]?.(event) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" && value !== "" ? value.slice(0, 1_000) : "it was not said";
}
