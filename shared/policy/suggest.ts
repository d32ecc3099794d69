/** Finds what somebody probably meant to write. */

/**
 * The candidate that is nearest to `word`, if one is near enough to be a slip of the pen: letters that are wrong, missing, too many or
 * swapped with a neighbour, one for every three letters of the longer of both; differences of upper and lower case are free. Of equally near ones the first.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const allowed = Math.min(bestDistance - 1, tolerance(word, candidate));
    const distance = distanceWithin(wanted, candidate.toLowerCase(), allowed);
    if (distance === undefined) continue;
    if (distance === 0) return candidate;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

function tolerance(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  // Less than all letters: a word of one letter is like no other.
  return Math.min(4, longer - 1, Math.max(1, Math.floor(longer / 3)));
}

/** The optimal string alignment distance, if it is at most `most`. Cost: the length times `most`. */
function distanceWithin(a: string, b: string, most: number): number | undefined {
  if (most < 0 || Math.abs(a.length - b.length) > most) return undefined;
  const width = b.length + 1;
  let twoAgo: number[] = [];
  let above = Array.from({ length: width }, (_, at) => at);
  for (let row = 1; row <= a.length; row++) {
    const line = new Array<number>(width).fill(most + 1);
    line[0] = row;
    let least = row;
    // Cells further than `most` from the diagonal cannot lie on a way that is short enough.
    for (let column = Math.max(1, row - most); column <= Math.min(b.length, row + most); column++) {
      const cell = cellOf(a, b, { row, column, line, above, twoAgo });
      line[column] = cell;
      least = Math.min(least, cell);
    }
    if (least > most) return undefined;
    twoAgo = above;
    above = line;
  }
  const distance = above[b.length] ?? most + 1;
  return distance <= most ? distance : undefined;
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly line: readonly number[];
  readonly above: readonly number[];
  readonly twoAgo: readonly number[];
}

function cellOf(a: string, b: string, { row, column, line, above, twoAgo }: Cell): number {
  const far = Number.POSITIVE_INFINITY;
  const last = a[row - 1];
  const same = last === b[column - 1];
  const swapped = row > 1 && column > 1 && last === b[column - 2] && a[row - 2] === b[column - 1];
  return Math.min(
    (above[column] ?? far) + 1,
    (line[column - 1] ?? far) + 1,
    (above[column - 1] ?? far) + (same ? 0 : 1),
    swapped ? (twoAgo[column - 2] ?? far) + 1 : far,
  );
}
