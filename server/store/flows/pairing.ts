/** Puts together what the two ends of the same flows said. Pure. */

import type { Half } from "./half.ts";

/** One flow: the words of one end, or of both. The counters are the larger ones. */
export interface Pair {
  readonly egress: Half | undefined;
  readonly ingress: Half | undefined;
  readonly start: number;
  readonly end: number;
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  readonly ended: number;
  readonly lasted: number;
}

/**
 * Pairs halves of one source, destination and service. Mostly an end has one; it has several where several of its units talked, or its policy changed meanwhile. Then each
 * half of the end that tells more apart is a flow, in the order of time, beside the other end's half at the same place; the last of those stands beside all that are left.
 * What the source denied never came to the other end and stands alone, unless it says that it denied all: then the two contradict each other, which is to be seen.
 */
export function paired(halves: readonly Half[]): Pair[] {
  const egress = halves.filter(({ direction }) => direction === "egress").sort(compareHalves);
  const ingress = halves.filter(({ direction }) => direction === "ingress").sort(compareHalves);
  const passed = egress.filter(({ verdict }) => verdict !== "deny");
  if (ingress.length === 0) return egress.map(alone);
  if (passed.length === 0) return besideEachOther(egress, ingress);
  const stopped = egress.filter(({ verdict }) => verdict === "deny");
  return [...stopped.map(alone), ...besideEachOther(passed, ingress)];
}

function besideEachOther(egress: readonly Half[], ingress: readonly Half[]): Pair[] {
  const [finer, coarser] = egress.length >= ingress.length ? [egress, ingress] : [ingress, egress];
  const last = coarser.length - 1;
  if (last < 0) return finer.map(alone);
  return coarser.flatMap((half, at) => together(finer.slice(at, at === last ? undefined : at + 1), half));
}

/** What the one that stands beside several counted beyond their sum is the last one's. */
function together(several: readonly Half[], one: Half): Pair[] {
  const [only, ...more] = several;
  if (only !== undefined && more.length === 0) return [both(only, one)];
  const beyond = (of: "connections" | "packets" | "bytes") =>
    Math.max(0, one[of] - several.reduce((sum, half) => sum + half[of], 0));
  return several.map((half, at) => {
    const pair = { ...alone(half), ...ends(half, one) };
    if (at < several.length - 1) return pair;
    return {
      ...pair,
      connections: half.connections + beyond("connections"),
      packets: half.packets + beyond("packets"),
      bytes: half.bytes + beyond("bytes"),
    };
  });
}

function both(a: Half, b: Half): Pair {
  const { ended, lasted } = a.ended > b.ended || (a.ended === b.ended && a.lasted > b.lasted) ? a : b;
  return {
    ...ends(a, b),
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    connections: Math.max(a.connections, b.connections),
    packets: Math.max(a.packets, b.packets),
    bytes: Math.max(a.bytes, b.bytes),
    ended,
    lasted,
  };
}

function alone(half: Half): Pair {
  const { start, end, connections, packets, bytes, ended, lasted } = half;
  const counters = { connections, packets, bytes, ended, lasted };
  const isEgress = half.direction === "egress";
  return {
    egress: isEgress ? half : undefined,
    ingress: isEgress ? undefined : half,
    start,
    end,
    ...counters,
  };
}

function ends(a: Half, b: Half): Pick<Pair, "egress" | "ingress"> {
  return a.direction === "egress" ? { egress: a, ingress: b } : { egress: b, ingress: a };
}

/** By time, and then by what they say: never by the order in which reports came. */
function compareHalves(a: Half, b: Half): number {
  return a.start - b.start || a.end - b.end || compareTexts(factsText(a), factsText(b));
}

function factsText({ verdict, source, destination, rule }: Half): string {
  return JSON.stringify([verdict, source, destination, rule]);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
