/** Who can reach whom: of one policy, and as the difference of two. */

import { World } from "./cells.ts";
import { differencesBetween, passingOn } from "./differences.ts";
import type { HostPolicy } from "./host-policy.ts";
import { hostSide, openSide } from "./host-side.ts";
import { Namer } from "./naming.ts";
import { describeReach, type Reach } from "./reach-words.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { resolvedSide } from "./resolved-side.ts";
import type { Noun, Side } from "./side.ts";

export type { Reach };

export interface ReachChange {
  readonly gained: readonly Reach[];
  readonly lost: readonly Reach[];
}

/** All that is possible from or to a managed host. What a host only observes is possible. */
export function reach(resolved: ResolvedPolicy): readonly Reach[] {
  const side = resolvedSide(resolved);
  const world = new World([side]);
  const cells = world.cells(world.everything);
  return describeReach(passingOn(side, cells), { cells, namer: new Namer(side.nouns, world.everything) });
}

/** What becomes possible and what stops being possible between two policies, end to end. */
export function compareReach(old: ResolvedPolicy, next: ResolvedPolicy): ReachChange {
  return compareSides(resolvedSide(old), resolvedSide(next));
}

/** The same for one host, as far as it judges. Without an old policy everything was possible. `now` is in milliseconds since 1970-01-01T00:00Z. */
export function compareHostReach(
  old: HostPolicy | undefined,
  next: HostPolicy,
  options: { readonly now?: number } = {},
): ReachChange {
  const after = hostSide(next, options.now);
  return compareSides(old === undefined ? openSide(after) : hostSide(old, options.now), after);
}

function compareSides(old: Side, next: Side): ReachChange {
  const { everything, cells } = cut(new World([{ ...old, blocks: blocksAsTheyWere(old, next) }, next]));
  return {
    gained: describeReach(differencesBetween(old, next, cells), {
      cells,
      namer: new Namer(next.nouns, everything),
    }),
    lost: describeReach(differencesBetween(next, old, cells), {
      cells,
      namer: new Namer(old.nouns, everything),
    }),
  };
}

/** The blocks of the old side; those that have other addresses under the same name on the next are called what they were, so that "any other address in" them is not both. */
export function blocksAsTheyWere(old: Pick<Side, "blocks">, next: Pick<Side, "blocks">): readonly Noun[] {
  const after = new Map(next.blocks.map(({ label, addresses }) => [label, addresses]));
  return old.blocks.map((block) => {
    const now = after.get(block.label);
    return now === undefined || now.equals(block.addresses)
      ? block
      : { ...block, label: `${block.label} as it was` };
  });
}

function cut(world: World) {
  const { everything } = world;
  return { everything, cells: world.cells(everything) };
}
