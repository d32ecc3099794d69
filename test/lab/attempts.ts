/** Every connection that the lab tries, with what the policy promises of it and what was measured. */

import type { Outcome } from "../estate/worker/requests.ts";
import type { Population, Resident, Sender } from "./population.ts";
import type { LabService, Probe } from "./services.ts";

export interface Attempt {
  readonly from: Sender;
  readonly to: Resident;
  readonly service: LabService;
  readonly probe: Probe;
  readonly family: 4 | 6;
  readonly source: string;
  readonly destination: string;
}

/** What the policy says of an attempt, and by which rule, in words. */
export interface Promised {
  readonly passes: boolean;
  readonly why: string;
  /** The names of the rules that decided. */
  readonly rules: readonly string[];
}

export interface Result {
  readonly attempt: Attempt;
  readonly promised: Promised;
  readonly outcome: Outcome;
}

/** From everybody to everybody, each service over each family that both ends have. Nobody calls itself. */
export function attemptsOf({ senders, receivers, services }: Population): Attempt[] {
  const attempts: Attempt[] = [];
  for (const from of senders)
    for (const to of receivers) {
      if (from.resident === to) continue;
      for (const service of services)
        for (const probe of service.probes)
          for (const family of [4, 6] as const) {
            const source = addressOf(from.resident, family);
            const destination = addressOf(to, family);
            if (source !== undefined && destination !== undefined)
              attempts.push({ from, to, service, probe, family, source, destination });
          }
    }
  return attempts;
}

function addressOf(resident: Resident, family: 4 | 6): string | undefined {
  return resident.addresses.find((address) => address.includes(":") === (family === 6));
}

export function passed(result: Result): boolean {
  return result.outcome === "connected";
}

export function isMismatch(result: Result): boolean {
  return passed(result) !== result.promised.passes;
}

export function senderName({ resident, unit }: Sender): string {
  return unit === undefined ? resident.name : `${resident.name} ${unit}`;
}
