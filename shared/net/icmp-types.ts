/**
 * ICMP message types under the names that nft 1.0.6 gives them (`nft describe icmp type`, `nft describe icmpv6 type`); a test compares.
 * Where nft has two names for a number, the one that it prints comes first.
 */

export type IcmpProtocol = "icmp" | "icmpv6";

export const ICMP_TYPES: Readonly<Record<IcmpProtocol, ReadonlyMap<string, number>>> = {
  icmp: new Map([
    ["echo-reply", 0],
    ["destination-unreachable", 3],
    ["source-quench", 4],
    ["redirect", 5],
    ["echo-request", 8],
    ["router-advertisement", 9],
    ["router-solicitation", 10],
    ["time-exceeded", 11],
    ["parameter-problem", 12],
    ["timestamp-request", 13],
    ["timestamp-reply", 14],
    ["info-request", 15],
    ["info-reply", 16],
    ["address-mask-request", 17],
    ["address-mask-reply", 18],
  ]),
  icmpv6: new Map([
    ["destination-unreachable", 1],
    ["packet-too-big", 2],
    ["time-exceeded", 3],
    ["parameter-problem", 4],
    ["echo-request", 128],
    ["echo-reply", 129],
    ["mld-listener-query", 130],
    ["mld-listener-report", 131],
    ["mld-listener-done", 132],
    ["mld-listener-reduction", 132],
    ["nd-router-solicit", 133],
    ["nd-router-advert", 134],
    ["nd-neighbor-solicit", 135],
    ["nd-neighbor-advert", 136],
    ["nd-redirect", 137],
    ["router-renumbering", 138],
    ["ind-neighbor-solicit", 141],
    ["ind-neighbor-advert", 142],
    ["mld2-listener-report", 143],
  ]),
};

const NAMES: Readonly<Record<IcmpProtocol, ReadonlyMap<number, string>>> = {
  icmp: namesByNumber("icmp"),
  icmpv6: namesByNumber("icmpv6"),
};

/** The name that nft prints for a type, if it has one. */
export function icmpTypeName(protocol: IcmpProtocol, type: number): string | undefined {
  return NAMES[protocol].get(type);
}

function namesByNumber(protocol: IcmpProtocol): ReadonlyMap<number, string> {
  // Backwards, so that the first of two names for one number stands.
  return new Map([...ICMP_TYPES[protocol]].reverse().map(([name, type]) => [type, name]));
}
