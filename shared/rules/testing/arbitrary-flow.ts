/** Random flows between the addresses that random policies speak of, and their neighbours. */

import fc from "fast-check";
import type { Flow } from "../flow.ts";
import { END, NAMES, UNITS, USERS } from "./arbitrary-policy.ts";

const V4 = [...Array.from({ length: 11 }, (_, at) => `10.0.0.${at}`), "192.0.2.1", "198.51.100.7"];
const V6 = [...Array.from({ length: 7 }, (_, at) => `fd00::${at}`), "2001:db8::1"];

/** At and just beyond the edges of what the policies' services name. */
const SERVICES: readonly (readonly [protocol: number, number: number])[] = [
  ...[1, 79, 80, 81, 82, 83, 90, 91].map((port) => [6, port] as const),
  [17, 52],
  [17, 53],
  [1, 8 * 256],
  [1, 8 * 256 + 255],
  [1, 9 * 256],
  [1, 3 * 256 + 4],
  [1, 3 * 256 + 3],
  [58, 128 * 256],
  [58, 2 * 256],
  [58, 130 * 256],
  [58, 135 * 256],
  [58, 137 * 256],
  [47, 0],
  [50, 0],
];

/** The ports that most rules are about. */
const USUAL: typeof SERVICES = [
  [6, 80],
  [6, 82],
  [17, 53],
];

/** Mostly between the hosts that come first, as every policy has these. */
const between = (addresses: readonly string[]) => {
  const end = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...addresses.slice(0, 4)) },
    { weight: 2, arbitrary: fc.constantFrom(...addresses) },
    fc.constantFrom(...NAMES),
  );
  return fc.tuple(end, end);
};

export const flows: fc.Arbitrary<Flow> = fc
  .record({
    ends: fc.oneof({ weight: 2, arbitrary: between(V4) }, between(V6)),
    service: fc.oneof(fc.constantFrom(...USUAL), fc.constantFrom(...SERVICES)),
    process: fc.record(
      {
        unit: fc.constantFrom(...UNITS),
        user: fc.constantFrom(...USERS),
        listener: fc.constantFrom(...UNITS),
      },
      { requiredKeys: [] },
    ),
    now: fc.constantFrom(END - 1, END),
  })
  .map(({ ends: [source, destination], service: [protocol, number], process, now }) => ({
    source,
    destination,
    protocol,
    number,
    now,
    ...process,
  }));
