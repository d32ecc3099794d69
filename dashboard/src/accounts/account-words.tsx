/** What an account is like, in words and marks. */

import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { Ago } from "../parts/time.tsx";

/** Whether its owner gets in. */
export function AccountState({ account }: { readonly account: AccountView }) {
  const { disabledAt, lockedUntil, hasPassword, provider } = account;
  if (disabledAt !== null) return <span className="sync none">× disabled</span>;
  if (lockedUntil !== null && lockedUntil > Date.now())
    return (
      <span className="sync bad">
        ▣ locked{" "}
        <small>
          opens by itself <Ago at={lockedUntil} />
        </small>
      </span>
    );
  if (!hasPassword && provider === null) return <span className="sync doubt">◐ no password yet</span>;
  return <span className="sync good">● may sign in</span>;
}

export function secondFactorWords({ hasSecondFactor, recoveryCodes, provider }: AccountView): string {
  if (provider !== null) return "the provider’s";
  return hasSecondFactor ? `on, ${recoveryCodes} recovery codes left` : "none";
}

/** `web, shop` or that there is no limit; roles that draft nothing have none to speak of. */
export function scopeWords({ scope, role }: Pick<AccountView, "scope" | "role">): string {
  if (scope !== null) return scope.join(", ");
  return role === "viewer" ? "sees all" : "all segments";
}
