import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import { useMemo } from "react";
import { useHosts, useSummary } from "../api/queries.ts";
import { endOf } from "./network.ts";
import { type Member, type Region, regionsOf } from "./regions.ts";

const NONE: readonly EdgeView[] = [];

/** Where everybody is. By all that was seen in the time, whatever is filtered, and new only where somebody has come or gone: nothing moves otherwise. */
export function useRegions(window: string | undefined, shown: readonly EdgeView[] = NONE): readonly Region[] {
  const hosts = useHosts().data;
  const query = useMemo(() => ({ window: window ?? "1h" }), [window]);
  const all = useSummary(query).data?.edges ?? NONE;
  const members = useMemo(() => {
    const known = new Map<string, Member>();
    for (const { name, segments } of hosts ?? [])
      known.set(name, { name, segment: [...segments].sort()[0], isHost: true });
    for (const edge of [...all, ...shown])
      for (const end of [edge.source, edge.destination]) {
        const name = endOf(end);
        if (!known.has(name)) known.set(name, { name, segment: end.segment, isHost: end.host !== undefined });
      }
    return [...known.values()];
  }, [hosts, all, shown]);
  const key = JSON.stringify(members.map(({ name, segment }) => [name, segment]).sort());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that matters of the members
  return useMemo(() => regionsOf(members), [key]);
}
