/** What may have broken a test or an invariant, in words. */

import type { Cause } from "./standing-proof.ts";

/** `anna labelled db-1`. */
export function causeWords({ kind, who, about }: Cause): string {
  switch (kind) {
    case "host-joined":
      return `${about} joined`;
    case "host-labelled":
      return `${who} labelled ${about}`;
    case "host-revoked":
      return `${who} revoked ${about}`;
    case "addresses-changed":
      return `${about} has other addresses`;
    case "lease-ended":
      return `the lease of ${about} ended`;
    case "lease-begun":
      return `${about} is back in its groups`;
    case "rule-expired":
      return `${about} expired`;
    default:
      return `version ${about} is the active one`;
  }
}
