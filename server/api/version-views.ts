/** The policy's versions in the shapes of the API. */

import type { Approval } from "../policy/approvals.ts";
import type { ApiParts } from "./parts.ts";
import type { ApprovalView, VersionDetails, VersionView } from "./shapes.ts";

type Parts = Pick<ApiParts, "versions" | "approvals">;

/** The newest first. */
export function versionViews({ versions, approvals }: Parts): VersionView[] {
  const active = versions.activations()[0]?.policy;
  const counts = approvals.counts();
  const { needed } = approvals;
  return versions.all().map(({ authorAccount: _, ...version }) => ({
    ...version,
    active: version.number === active,
    approvals: { needed, given: counts.get(version.number) ?? 0 },
  }));
}

/** Throws `server/no-version`, `server/overloaded`. */
export async function versionDetails(
  { versions, approvals }: Parts,
  number: number,
): Promise<VersionDetails> {
  const { author, authorAccount, at, message, digest } = versions.find(number);
  const all = await approvals.of(number);
  const given = all.filter(({ invalid }) => invalid === undefined).length;
  return {
    ...{ number, author, authorAccount, at, message, digest },
    active: versions.activations()[0]?.policy === number,
    approvals: { needed: approvals.needed, given },
    approvedBy: all.map(approvalView),
  };
}

function approvalView({ account, at, note, invalid, doubts }: Approval): ApprovalView {
  return { by: account, at, note, invalid: invalid ?? null, doubts: [...doubts] };
}
