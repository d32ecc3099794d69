/** Where everything on the map is. It depends on who is there and nothing else, so the same estate looks the same tomorrow. Pure. */

export interface Member {
  readonly name: string;
  /** The segment that it is shown in; undefined for none. */
  readonly segment: string | undefined;
  /** Whether it is a host, and not addresses that were seen. */
  readonly isHost: boolean;
}

export interface Region {
  readonly segment: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** In the order of their names, each with its place. */
  readonly members: readonly { readonly name: string; readonly x: number; readonly y: number }[];
}

export const OUTSIDE = "no segment";

const SPACING = 1;
const GAP = 1.6;
/** Radians between one seed of a sunflower and the next. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const WIDE = 1.7;

/** Segments as circles in rows, in the order of their names; hosts in them as the seeds of a sunflower. Segments without a host come last: what was seen of them comes and goes, and moves no other. */
export function regionsOf(members: readonly Member[]): readonly Region[] {
  const bySegment = Map.groupBy(members, ({ segment }) => segment ?? OUTSIDE);
  const circles = [...bySegment]
    .sort((a, b) => rankOf(a) - rankOf(b) || (a[0] < b[0] ? -1 : 1))
    .map(([segment, some]) => ({
      segment,
      names: some.map(({ name }) => name).sort(),
      radius: radiusFor(some.length),
    }));
  const area = circles.reduce((sum, { radius }) => sum + (2 * radius + GAP) ** 2, 0);
  const width = Math.sqrt(area * WIDE);
  const regions: Region[] = [];
  let [x, y, height] = [0, 0, 0];
  for (const { segment, names, radius } of circles) {
    const side = 2 * radius + GAP;
    if (x > 0 && x + side > width) {
      y -= height;
      x = 0;
      height = 0;
    }
    const [centreX, centreY] = [x + side / 2, y - side / 2];
    regions.push({ segment, x: centreX, y: centreY, radius, members: seeds(names, centreX, centreY) });
    x += side;
    height = Math.max(height, side);
  }
  return regions;
}

function rankOf([segment, members]: readonly [string, readonly Member[]]): number {
  if (segment === OUTSIDE) return 2;
  return members.some(({ isHost }) => isHost) ? 0 : 1;
}

function radiusFor(count: number): number {
  return SPACING * (0.8 + Math.sqrt(count) * 0.62);
}

function seeds(names: readonly string[], x: number, y: number): Region["members"] {
  return names.map((name, at) => {
    if (names.length === 1) return { name, x, y };
    const distance = SPACING * 0.62 * Math.sqrt(at + 0.5);
    const angle = at * GOLDEN_ANGLE;
    return { name, x: x + distance * Math.cos(angle), y: y + distance * Math.sin(angle) };
  });
}
