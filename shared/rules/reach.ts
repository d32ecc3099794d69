/** Who can reach whom: of one policy, and as the difference of two. */

import { World } from "./cells.ts";
import { differencesBetween, passingOn } from "./differences.ts";
import type { HostPolicy } from "./host-policy.ts";
import { hostSide, openSide } from "./host-side.ts";
import { Meetings } from "./meetings.ts";
import { Namer } from "./naming.ts";
import { describeReach, type Reach, type ReachParties } from "./reach-words.ts";
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
  const meetings = meetingsIn(world);
  return describeReach(passingOn(side, meetings), partiesOf(meetings, side, world));
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
  const world = new World([{ ...old, blocks: blocksAsTheyWere(old, next) }, next]);
  const meetings = meetingsIn(world);
  return {
    gained: describeReach(differencesBetween(old, next, meetings), partiesOf(meetings, next, world)),
    lost: describeReach(differencesBetween(next, old, meetings), partiesOf(meetings, old, world)),
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

function meetingsIn(world: World): Meetings {
  const cells = world.cells(world.everything);
  return new Meetings(cells, cells);
}

function partiesOf(meetings: Meetings, { nouns }: Side, { everything }: World): ReachParties {
  const namer = new Namer(meetings.sources, { nouns, everything });
  return { meetings, fromNamer: namer, toNamer: namer };
}
