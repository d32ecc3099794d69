/** What a join token allows: which labels the host gets, where it may come from, how often and until when. */

import { type Address, formatAddress } from "@bulkhead/shared/net/address.ts";
import { type AddressRange, formatRange, rangeContains } from "@bulkhead/shared/net/range.ts";

export interface Grant {
  /** Labels that a host gets by joining with the token. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the host's addresses must lie; none at all allows none. */
  readonly blocks: readonly AddressRange[];
  /** How many hosts may join with the token, and how many have. */
  readonly uses: number;
  readonly used: number;
  /** Milliseconds since 1970; from that moment on the token is refused. */
  readonly expires: number;
}

export interface JoinRequest {
  /** All addresses that the host says are its own. */
  readonly addresses: readonly Address[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** `why` gives all the reasons, in words that may be shown to whoever holds the secret. */
export type GrantDecision = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

const SHOWN = 5;

/** Whether the token lets a host join. Pure; whether the secret is right, and whether another host has the addresses, is decided elsewhere. */
export function decide(grant: Grant, request: JoinRequest): GrantDecision {
  const reasons = [expiryFault(grant, request), useFault(grant), addressFault(grant, request)].filter(
    (reason) => reason !== undefined,
  );
  return reasons.length === 0 ? { allowed: true } : { allowed: false, why: reasons.join("; ") };
}

function expiryFault({ expires }: Grant, { now }: JoinRequest): string | undefined {
  if (now < expires) return undefined;
  return `the token expired at ${timeText(expires)}, and the server's clock says ${timeText(now)}`;
}

function useFault({ uses, used }: Grant): string | undefined {
  if (used < uses) return undefined;
  return `the token was for ${uses === 1 ? "1 host" : `${uses} hosts`}, and ${used} joined with it`;
}

function addressFault({ blocks }: Grant, { addresses }: JoinRequest): string | undefined {
  if (addresses.length === 0) return "the host names no address of its own";
  const outside = addresses.filter((address) => !blocks.some((block) => rangeContains(block, address)));
  if (outside.length === 0) return undefined;
  const allowed = blocks.length === 0 ? "none" : listed(blocks.map(formatRange));
  return `the token allows addresses in ${allowed}, and the host has ${listed(outside.map(formatAddress))}`;
}

function listed(texts: readonly string[]): string {
  const rest = texts.length - SHOWN;
  return texts.slice(0, SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
