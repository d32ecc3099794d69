import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import type { Invariant } from "../policy/policy.ts";
import { evaluate } from "./evaluate.ts";
import type { Flow } from "./flow.ts";
import { proveInvariants } from "./invariants.ts";
import { AS_SAID } from "./judge.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import {
  NAMES,
  policySections,
  resolveSections,
  SERVICES,
  UNITS,
  USERS,
} from "./testing/arbitrary-policy.ts";
import { isPossible } from "./testing/possible.ts";
import { speaksOfEnd, speaksOfService } from "./testing/said.ts";

const end = fc.constantFrom(
  ...["h0", "h1", "s0", "s1", "any-host", "any", "block", "name", "10.0.0.1", "10.0.0.0/29", "fd00::/125"],
);
const ends = fc.uniqueArray(end, { minLength: 1, maxLength: 2 });
const invariant = fc.record(
  {
    from: ends,
    to: ends,
    service: fc.constantFrom(...SERVICES),
    unit: fc.constantFrom(...UNITS),
    user: fc.constantFrom(...USERS),
  },
  { requiredKeys: ["from", "to"] },
);

/** Every flow of a small world: an address of each kind that the policies tell apart, the edges of their services, each process. */
const ADDRESSES = [
  ...Array.from({ length: 11 }, (_, at) => `10.0.0.${at}`),
  ...Array.from({ length: 7 }, (_, at) => `fd00::${at}`),
  ...["192.0.2.1", "198.51.100.7", "2001:db8::1", ...NAMES],
];
const POINTS: readonly (readonly [number, number])[] = [
  ...[1, 79, 80, 81, 82, 83, 90, 91].map((port) => [6, port] as const),
  ...([
    [17, 52],
    [17, 53],
    [1, 8 * 256],
    [1, 9 * 256],
    [58, 128 * 256],
    [58, 137 * 256],
    [47, 0],
    [50, 0],
  ] as const),
];
const PROCESSES = [undefined, ...UNITS].flatMap((unit) =>
  [undefined, ...USERS].map((user) => ({
    ...(unit === undefined ? {} : { unit }),
    ...(user === undefined ? {} : { user }),
  })),
);

function flowsOf(resolved: ResolvedPolicy, { from, to, serviceText, unit, user }: Invariant): Flow[] {
  const within = (labels: readonly string[]) =>
    ADDRESSES.filter((address) => labels.some((label) => speaksOfEnd(label, address, [resolved])));
  const [sources, destinations] = [within(from), within(to)];
  const services = POINTS.filter(([protocol, number]) => speaksOfService(serviceText, protocol, number));
  const processes = PROCESSES.filter(
    (one) => (unit === undefined || one.unit === unit) && (user === undefined || one.user === user),
  );
  return sources.flatMap((source) =>
    destinations.flatMap((destination) =>
      services
        .map(([protocol, number]) => ({ source, destination, protocol, number }))
        .filter((flow) => isPossible(flow, [resolved]))
        .flatMap((flow) => processes.map((process) => ({ ...flow, ...process }))),
    ),
  );
}

test.prop([policySections, fc.constantFrom("never", "always"), invariant], { numRuns: 100 })(
  "an invariant holds exactly where evaluate() says so of every flow of a small world",
  (sections, kind, one) => {
    const resolved = resolveSections({ ...sections, [kind]: one } as typeof sections);
    const [read] = resolved.policy.invariants;
    const [result] = proveInvariants(resolved);
    if (read === undefined || result === undefined) throw new Error("there is one");
    const breaks = (flow: Flow) =>
      (evaluate(resolved, flow, AS_SAID).verdict === "allow") === (kind === "never");
    const breaking = flowsOf(resolved, read).find(breaks);
    if (breaking !== undefined) expect({ breaking, holds: result.holds }).toEqual({ breaking, holds: false });
    expect(result.holds).toBe(result.example === undefined);
    if (result.example === undefined) return;
    // The world has more addresses and services than the small one; what is shown must break it by itself.
    const { flow } = result.example;
    expect(breaks(flow)).toBe(true);
    expect(read.from.some((label) => speaksOfEnd(label, flow.source, [resolved]))).toBe(true);
    expect(read.to.some((label) => speaksOfEnd(label, flow.destination, [resolved]))).toBe(true);
    if (isPossible(flow, [resolved]))
      expect(speaksOfService(read.serviceText, flow.protocol, flow.number)).toBe(true);
  },
);
