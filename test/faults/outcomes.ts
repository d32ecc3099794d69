import { expect } from "vitest";
import type { ProbeRequest, Speaker } from "../estate/speaker.ts";
import type { Outcome } from "../estate/worker/requests.ts";

/** Milliseconds. On a busy machine an answer may take its time; what must not be answered is not waited for so long. */
const ANSWERED_WITHIN = 10_000;
const SILENT_FOR = 300;

/** Tries flows all at once and holds each to its outcome. */
export async function expectOutcomes(
  from: Speaker,
  flows: readonly (readonly [ProbeRequest, Outcome])[],
): Promise<void> {
  const requests = flows.map(([request, outcome]) => ({
    ...request,
    timeout: outcome === "timeout" ? SILENT_FOR : ANSWERED_WITHIN,
  }));
  const outcomes = await from.probe(requests);
  const told = (outcome: Outcome | undefined, { to, service, family }: ProbeRequest) =>
    `${from.name} -> ${to} ${service}${family ? ` over IPv${family}` : ""}: ${outcome}`;
  expect(flows.map(([request], at) => told(outcomes[at], request))).toEqual(
    flows.map(([request, outcome]) => told(outcome, request)),
  );
}
