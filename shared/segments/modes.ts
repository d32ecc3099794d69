import type { Direction, Mode, Modes, SelectSegment } from "../policy/policy.ts";

const STRICTNESS: Readonly<Record<Mode, number>> = { off: 0, observe: 1, enforce: 2 };

/**
 * The modes of a host in these segments: for each direction apart the strictest that they name; where they name none, the policy's own.
 * A host in no segment is off.
 */
export function modesOf(segments: readonly SelectSegment[], policyMode: Modes): Modes {
  if (segments.length === 0) return { ingress: "off", egress: "off" };
  const inDirection = (direction: Direction) => strictest(segments, direction) ?? policyMode[direction];
  return { ingress: inDirection("ingress"), egress: inDirection("egress") };
}

function strictest(segments: readonly SelectSegment[], direction: Direction): Mode | undefined {
  let strictest: Mode | undefined;
  for (const { mode } of segments) {
    const named = mode[direction];
    if (named !== undefined && (strictest === undefined || STRICTNESS[named] > STRICTNESS[strictest]))
      strictest = named;
  }
  return strictest;
}
