/** What the kernel's table says of itself. */

import { type AboutTable, readAbout } from "@bulkhead/shared/nft/about.ts";
import { NEXT } from "@bulkhead/shared/nft/probation.ts";
import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import type { TableInKernel } from "../kernel/kernel.ts";
import type { Generation } from "./generation.ts";

/** What stands in the chain `about` of the table that only makes conntrack run, where others have a digest. */
export const PRIMING = "priming";

export interface Present {
  readonly table: TableInKernel;
  /** What is in force; during a probation, what it falls back to. Undefined where the table does not say. */
  readonly settled: AboutTable | undefined;
  /** What is on probation, and for how long still; 0 where its time is over. */
  readonly trial: { readonly about: AboutTable | undefined; readonly secondsLeft: number } | undefined;
}

/** Undefined where there is no table. */
export function presentOf(table: TableInKernel | undefined): Present | undefined {
  if (table === undefined) return undefined;
  const { stableText, probation } = table;
  return {
    table,
    settled: readAbout(stableText),
    trial:
      probation === undefined
        ? undefined
        : { about: readAbout(stableText, NEXT), secondsLeft: probation.secondsLeft },
  };
}

/** Whether that is the generation that a table speaks of. A load never takes the stamp of the one before, so no two are alike. */
export function isOf(about: AboutTable | undefined, generation: Generation | undefined): boolean {
  return (
    about !== undefined &&
    about.digest === generation?.digest &&
    about.stamp.value === generation.stamp.value &&
    about.stamp.mask === generation.stamp.mask
  );
}

/** Stamps that the table accepts or writes, under this mask: those that the next one must not be. */
export function stampsIn(table: TableInKernel | undefined, mask: number): readonly Stamp[] {
  const marks = table?.stableText.match(/^.*\bct mark\b.*$/gm) ?? [];
  const numbers = marks.flatMap((line) =>
    [...line.matchAll(/(?:==|\|) (0x[0-9a-f]+|\d+)/g)].map(([, text]) => Number(text)),
  );
  return [...new Set(numbers)].map((value) => ({ mask, value: (value & mask) >>> 0 }));
}
