/** What is found in events. A new kind of event that should alarm somebody gets its line here. */

import type { Finding } from "./alert-kinds.ts";

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
  "agent-refused": ({ about, facts }) => ({
    kind: "certificate-refused",
    about,
    words: `${about} was refused at the door for agents: ${text(facts.why)}`,
    facts,
  }),
};

export function findingOf(event: HappenedEvent): Finding | undefined {
  return Object.hasOwn(RULES, event.kind) ? RULES[event.kind]?.(event) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" && value !== "" ? value.slice(0, 1_000) : "it was not said";
}
