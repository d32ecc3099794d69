/** Something that the doctor found: where what happens may differ from what the policy says. */

export type FindingSeverity = "critical" | "warning" | "info";

export interface Finding {
  /** Stays the same from version to version. */
  readonly code: string;
  readonly severity: FindingSeverity;
  /** One sentence without a full stop. */
  readonly what: string;
  /** Chains and rules, as nft lists them. */
  readonly where: readonly string[];
  readonly remedy: string;
}

const ORDER: Readonly<Record<FindingSeverity, number>> = { critical: 0, warning: 1, info: 2 };

/** The worst first. */
export function bySeverity(a: Finding, b: Finding): number {
  return ORDER[a.severity] - ORDER[b.severity];
}
