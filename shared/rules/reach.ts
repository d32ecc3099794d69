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
  const world = new World([old, next], blocksOfBoth(old, next));
  const meetings = meetingsIn(world);
  return {
    gained: describeReach(differencesBetween(old, next, meetings), partiesOf(meetings, next, world)),
    lost: describeReach(differencesBetween(next, old, meetings), partiesOf(meetings, old, world)),
  };
}

/**
 * The blocks of both sides. Those that have other addresses under the same name on the next one are called what they were, and what they won and lost has a name of its own, so that
 * "any other address in" them says neither too much nor two things.
 */
export function blocksOfBoth(old: Pick<Side, "blocks">, next: Pick<Side, "blocks">): readonly Noun[] {
  const after = new Map(next.blocks.map((block) => [block.label, block]));
  const before = old.blocks.flatMap((block) => {
    const now = after.get(block.label);
    return now === undefined || now.addresses.equals(block.addresses) ? block : asItWas(block, now);
  });
  return [...before, ...next.blocks];
}

function asItWas(was: Noun, is: Noun): readonly Noun[] {
  const blocks = [
    { label: `${was.label} as it was`, addresses: was.addresses },
    { label: `${was.label} that is not in it any more`, addresses: was.addresses.difference(is.addresses) },
    { label: `${was.label} that was not in it before`, addresses: is.addresses.difference(was.addresses) },
  ];
  return blocks.filter(({ addresses }) => !addresses.isEmpty).map((one) => ({ ...one, names: was.names }));
}

function meetingsIn(world: World): Meetings {
  const cells = world.cells(world.everything);
  return new Meetings(cells, cells);
}

function partiesOf(meetings: Meetings, { nouns }: Side, { everything }: World): ReachParties {
  const namer = new Namer(meetings.sources, { nouns, everything });
  return { meetings, fromNamer: namer, toNamer: namer };
}
