/** What a benchmark says, and the few statistics that all of them share. */

/** One line of the result. `ratio` is value / peerValue; whether more or less is better follows from the unit. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it was measured against, in the same run. */
  readonly peer: string;
  readonly peerValue: number;
  readonly ratio: number;
  /** The goal of DESIGN.md, and whether this run met it. */
  readonly goal?: string;
  readonly met?: boolean;
}

/** What whoever runs the benchmarks may choose. */
export interface Settings {
  readonly soakMinutes: number;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** In a user namespace the kernel takes no transaction of 100,000 addresses: it is more than a socket's buffer that nobody forced up. */
  readonly by: "root" | "anybody";
  /** Says with `tell` what it is doing; the measurements come at its end. */
  run(tell: (progress: string) => void, settings: Settings): Promise<readonly Measurement[]>;
}

/** The value below which the given share of the values lies (0.5: the median). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * Runs the variants in turn, A B C A B C …, so that a machine that becomes slower for a while slows all of them alike. The order turns round
 * in every second round.
 */
export async function interleave<Name extends string>(
  variants: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
  tell: (progress: string) => void,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(variants) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}`);
    for (const name of round % 2 === 0 ? names : names.toReversed())
      values[name].push(await variants[name]());
  }
  return values;
}

/**
 * What a rate is when nobody disturbs: the value that a fifth of the rounds reach. Other programs can only slow a round down, so the upper end
 * of many short rounds is steady where their middle is not.
 */
export function undisturbed(rates: readonly number[]): number {
  return percentile(rates, 0.8);
}

/** The same of times: what a fifth of the rounds do not exceed. */
export function undisturbedTime(times: readonly number[]): number {
  return percentile(times, 0.2);
}
