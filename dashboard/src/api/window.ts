/** Stretches of time that pages look at, as they stand in the address. */

export const WINDOWS = [
  { name: "15m", words: "15 minutes", minutes: 15, stepSeconds: 10 },
  { name: "1h", words: "hour", minutes: 60, stepSeconds: 60 },
  { name: "6h", words: "6 hours", minutes: 360, stepSeconds: 300 },
  { name: "24h", words: "day", minutes: 1_440, stepSeconds: 900 },
  { name: "7d", words: "week", minutes: 10_080, stepSeconds: 7_200 },
] as const;

export type Window = (typeof WINDOWS)[number];

export function windowNamed(name: string | undefined): Window {
  return WINDOWS.find((one) => one.name === name) ?? WINDOWS[1];
}

/** Milliseconds since 1970. */
export function sinceOf(name: string | undefined): number {
  return Date.now() - windowNamed(name).minutes * 60_000;
}
