/** Random flows between the ends of the small world. */

import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { Flow } from "@bulkhead/shared/rules/flow.ts";
import fc from "fast-check";
import type { Abilities } from "../estate/estate.ts";
import { HOST_ADDRESSES, OUTSIDE_ADDRESSES, PORTS, UNITS, USERS } from "./arbitrary-policy.ts";

const MANAGED: readonly string[] = Object.values(HOST_ADDRESSES).flat();
const EVERYONE: readonly string[] = [...MANAGED, ...OUTSIDE_ADDRESSES];

/** @param abilities without units and accounts, nobody in particular sends */
export function arbitraryFlow({ units, accounts }: Abilities): fc.Arbitrary<Flow> {
  const knowsProcesses = units && accounts;
  return fc
    .record({
      source: fc.constantFrom(...EVERYONE),
      destination: fc.constantFrom(...EVERYONE),
      what: fc.oneof(
        fc.record({
          protocol: fc.constantFrom(PROTOCOLS.tcp, PROTOCOLS.udp),
          number: fc.constantFrom(...PORTS),
        }),
        fc.constant("echo" as const),
      ),
      process: fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        {
          weight: 1,
          arbitrary: fc.record(
            { unit: fc.constantFrom(...UNITS), user: fc.constantFrom(...Object.keys(USERS)) },
            { requiredKeys: [] },
          ),
        },
      ),
    })
    .filter(({ source, destination }) => isPossible(source, destination))
    .map(({ source, destination, what, process }) => ({
      source,
      destination,
      ...(what === "echo" ? echo(destination) : what),
      // The outside has no units and no accounts.
      ...(knowsProcesses && MANAGED.includes(source) ? process : {}),
      // The listener is always the host's own worker: a process of no unit that a rule names.
      listener: "none.service",
    }));
}

/** One family, and not from the outside to itself. */
function isPossible(source: string, destination: string): boolean {
  const isSix = (address: string) => address.includes(":");
  return isSix(source) === isSix(destination) && (MANAGED.includes(source) || MANAGED.includes(destination));
}

function echo(destination: string): { protocol: number; number: number } {
  return destination.includes(":")
    ? { protocol: PROTOCOLS.icmpv6, number: 128 * 256 }
    : { protocol: PROTOCOLS.icmp, number: 8 * 256 };
}
