/** The counters of `table inet bulkhead` as the nft command lists them. */

/** Comment -> packets, summed over all rules that bear it. */
export type Counters = ReadonlyMap<string, number>;

export function parseCounters(listing: string): Counters {
  const counters = new Map<string, number>();
  for (const [, packets, comment = ""] of listing.matchAll(
    /counter packets (\d+) bytes \d+.*? comment "([^"]*)"$/gm,
  ))
    counters.set(comment, (counters.get(comment) ?? 0) + Number(packets));
  return counters;
}

/** The comments whose counters have grown. */
export function grown(before: Counters, after: Counters): string[] {
  return [...after]
    .filter(([comment, packets]) => packets > (before.get(comment) ?? 0))
    .map(([comment]) => comment);
}
