import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Policy, Segment } from "@bulkhead/shared/policy/policy.ts";
import { matrix } from "@bulkhead/shared/rules/matrix.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { loadPolicy, resolve } from "../load-policy.ts";
import { matrixText } from "./text.ts";

interface Given {
  readonly path: readonly string[];
  readonly json: boolean;
}

export async function showMatrix({ path, json }: Given, terminal: Terminal): Promise<ExitCode> {
  const resolved = await loadPolicy(path, terminal);
  const real = matrix(resolved);
  if (json) {
    await terminal.out.write(`${JSON.stringify({ formatVersion: 1, ...real }, null, 2)}\n`);
    return 0;
  }
  const { policy, now = 0 } = resolved;
  const said = isEnforced(policy) ? real : matrix(resolve(enforced(policy), now));
  await terminal.out.write(matrixText({ policy, real, said }, terminal.out));
  return 0;
}

/** Whether what gets through is all that the rules allow, at hosts that they speak of. */
function isEnforced({ mode, segments }: Policy): boolean {
  const modes = [...segments.values()].flatMap((segment) => (segment.kind === "select" ? segment.mode : []));
  return [mode, ...modes].every(
    ({ ingress = "enforce", egress = "enforce" }) => ingress === "enforce" && egress === "enforce",
  );
}

/** The policy as its rules say it, however far its enforcement has come. */
function enforced(policy: Policy): Policy {
  const segments = new Map([...policy.segments].map(([name, segment]) => [name, withoutMode(segment)]));
  return { ...policy, segments, mode: { ingress: "enforce", egress: "enforce" } };
}

function withoutMode(segment: Segment): Segment {
  return segment.kind === "select" ? { ...segment, mode: {} } : segment;
}
