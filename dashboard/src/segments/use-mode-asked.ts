/** Which other mode of a segment is looked at, as it stands in the address; the next one unless said. */

import type { Modes, Segment } from "@bulkhead/shared/policy/policy.ts";
import { useAddressState } from "../parts/address-state.ts";
import { DIRECTIONS, MODES, type ModeAsked, nextMode, saidModes } from "./mode-change.ts";

export interface AskedMode {
  readonly asked: ModeAsked;
  readonly onChange: (asked: ModeAsked) => void;
}

/** @param otherwise what the policy says for hosts whose segments say nothing. Undefined for a segment whose members have no mode. */
export function useModeAsked(
  segment: Segment | undefined,
  otherwise: Modes | undefined,
): AskedMode | undefined {
  const [{ to, direction }, change] = useAddressState();
  if (segment?.kind !== "select" || otherwise === undefined) return undefined;
  return {
    asked: askedIn(to, direction) ?? usual(saidModes(segment.mode, otherwise)),
    onChange: (asked) => change({ to: asked.mode, direction: asked.direction }),
  };
}

function askedIn(to: string | undefined, direction: string | undefined): ModeAsked | undefined {
  const mode = MODES.find((one) => one === to);
  return mode && { mode, direction: DIRECTIONS.find((one) => one === direction) };
}

/** Of one that enforces, what going back to observing would mean. */
function usual(says: Modes): ModeAsked {
  return nextMode(says) ?? { mode: "observe", direction: undefined };
}
