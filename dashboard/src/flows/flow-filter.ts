/** What flows can be filtered by, as it stands in the address. */

export const FLOW_FILTERS = [
  "from",
  "to",
  "peer",
  "segment",
  "host",
  "unit",
  "service",
  "verdict",
  "unconfirmed",
] as const;

export type FlowFilterName = (typeof FLOW_FILTERS)[number];

/** What of an address's state the API is asked for. */
export function flowQueryOf(state: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const given = FLOW_FILTERS.flatMap((name) => {
    const value = state[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  return { window: state.window ?? "1h", ...Object.fromEntries(given) };
}
