/** Which of the addresses that a host says to have are its own: those in the blocks of its token that nobody else has. */

import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseRange, rangeContains } from "@bulkhead/shared/net/range.ts";
import type { HostStore, StoredHost } from "../store/estate/host-store.ts";

export type Claimant = Pick<StoredHost, "name" | "blocks">;

/** An address that a host claims and does not get, with the reason. */
export interface RefusedAddress {
  readonly address: string;
  readonly why: string;
}

export interface Claim {
  readonly accepted: readonly string[];
  readonly refused: readonly RefusedAddress[];
}

export function claimOf(
  host: Claimant,
  claimed: readonly string[],
  hosts: Pick<HostStore, "byAddress">,
): Claim {
  const refused: RefusedAddress[] = [];
  const accepted = [...new Set(claimed)].filter((address) => {
    const why = refusal(host, address, hosts);
    if (why !== undefined) refused.push({ address, why });
    return why === undefined;
  });
  return { accepted, refused };
}

function refusal(
  { name, blocks }: Claimant,
  text: string,
  hosts: Pick<HostStore, "byAddress">,
): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return "it is no address";
  const isWithin = blocks.some((block) => {
    const range = parseRange(block);
    return "family" in range && rangeContains(range, address);
  });
  if (!isWithin) return `its token allows addresses in ${blocks.join(", ") || "no block"} only`;
  const other = hosts
    .byAddress(text)
    .find((host) => host.name !== name && host.revokedAt === undefined && host.lapsedAt === undefined);
  return other === undefined ? undefined : `${other.name} has it`;
}
