/** Whether the disk under the data directory has room, and will have some. */

import { statfsSync } from "node:fs";

const GIGABYTE = 1024 ** 3;

/** In words, why it has none, or hardly any; undefined where it has. Less than a tenth, or a gigabyte, is when somebody can still do something about it. */
export function noRoom(directory: string, isFull: boolean): string | undefined {
  if (isFull) return `the disk is full: reports of hosts are not taken, and they keep them (${directory})`;
  const { bavail, blocks, bsize } = statfsSync(directory);
  const [free, all] = [bavail * bsize, blocks * bsize];
  if (free >= Math.min(GIGABYTE, all / 10)) return undefined;
  return `the disk has room for ${Math.floor(free / 1024 ** 2)} MB more (${directory})`;
}
