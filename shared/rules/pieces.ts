import type { Service } from "../net/service.ts";
import { matcherOf } from "./matcher.ts";
import { NEVER_JUDGED } from "./never-judged.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { Cuts, type Span } from "./service-line.ts";
import type { Spans } from "./spans.ts";

const NEVER_JUDGED_CUTS = new Cuts(Object.values<Service>(NEVER_JUDGED));

/** Cuts services into spans on each of which all flows between two addresses get one answer. */
export function piecesOf(
  resolved: ResolvedPolicy,
  { spans }: Spans,
  ends: { readonly source: string; readonly destination: string },
): readonly Span[] {
  // Nothing begins or ends inside a single point.
  if (spans.every(({ low, high }) => low === high)) return spans;
  const cuts = [ends.source, ends.destination].flatMap((address) => {
    const host = resolved.inventory.hostOf(address);
    return host === undefined ? [] : matcherOf(resolved.hostPolicy(host.name)).cuts;
  });
  return [NEVER_JUDGED_CUTS, ...cuts].reduce(
    (pieces, cut) => pieces.flatMap((piece) => cut.cut(piece)),
    spans,
  );
}
