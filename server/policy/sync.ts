/** How a host stands to what it should enforce. */

import type { StoredHost } from "../store/estate/host-store.ts";

export type Sync =
  | { readonly state: "in-sync" }
  | {
      readonly state: "behind" | "ahead" | "offline" | "unknown" | "isolated" | "revoked";
      readonly why: string;
    };

/** What a host said longer ago than that is not known to be true any more. */
export const STALE_MILLISECONDS = 30_000;

export interface SyncFacts {
  /** Digest of what it should enforce; undefined while no policy is in force. */
  readonly expected: string | undefined;
  /** The version that it follows, where this server never had one as late. */
  readonly ahead: number | undefined;
  readonly isConnected: boolean;
  /** Whether what is in force is on trial. */
  readonly isOnTrial: boolean;
  readonly now: number;
}

export function syncOf(host: StoredHost, facts: SyncFacts): Sync {
  const { expected, ahead, isConnected } = facts;
  if (host.revokedAt !== undefined) return { state: "revoked", why: "its certificate is refused" };
  if (expected === undefined) return { state: "unknown", why: "no policy has been provisioned" };
  if (ahead !== undefined)
    return {
      state: "ahead",
      why: `it has version ${ahead}, provisioned later than anything that this server remembers: it was restored from an older backup; provision a version to decide`,
    };
  if (!isConnected) return { state: "offline", why: "it is not connected" };
  return saidSync(host, { ...facts, expected });
}

/** By its own last word. */
function saidSync(
  { state, stateAt, isolated }: StoredHost,
  { expected, isOnTrial, now }: Pick<SyncFacts, "isOnTrial" | "now"> & { readonly expected: string },
): Sync {
  if (state === undefined || stateAt === undefined)
    return { state: "unknown", why: "it has not reported yet" };
  if (now - stateAt > STALE_MILLISECONDS) return { state: "unknown", why: "its last report is too old" };
  const isTried = isOnTrial && state.enforcement === "on-probation";
  if (state.enforcement !== "enforcing" && !(isTried && state.digest === expected))
    return { state: "behind", why: state.why ?? `it is ${state.enforcement}` };
  if (state.kernel !== "holds") return { state: "behind", why: `its kernel: ${state.kernel}` };
  if (state.digest !== expected) return { state: "behind", why: "it has not applied what it was sent" };
  if (isolated !== undefined) return { state: "isolated", why: "an operator has isolated it" };
  return { state: "in-sync" };
}
