import type { Flow } from "../flow.ts";
import type { ResolvedPolicy } from "../resolve.ts";
import { pointOf } from "../service-line.ts";
import { DISREGARDED } from "../service-words.ts";

/** Flows that can exist, between hosts and the rest of the world as these policies know it, of services that are judged. */
export function isPossible(
  { source, destination, protocol, number }: Flow,
  policies: readonly ResolvedPolicy[],
): boolean {
  const ends = [source, destination];
  const isName = (text: string) => text.endsWith(".example");
  const families = ends.filter((text) => !isName(text)).map((text) => text.includes(":"));
  if (new Set(families).size === 2 || source === destination) return false;
  const isKnown = (name: string) =>
    policies.some(({ policy }) =>
      policy.segments.values().some((segment) => segment.kind === "names" && segment.names.includes(name)),
    );
  if (!ends.filter(isName).every(isKnown)) return false;
  if (DISREGARDED.has(pointOf(protocol, number))) return false;
  return policies.every(({ inventory }) => {
    const host = inventory.hostOf(source);
    return host === undefined || host !== inventory.hostOf(destination);
  });
}
