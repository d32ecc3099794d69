/** A policy's short names. */

import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";

/** Enough of a digest for people to tell policies apart. */
export function shortDigest({ digest }: { readonly digest: string }): string {
  return digest.slice(0, 12);
}

/** As nft prints it. */
export function stampText({ value }: Stamp): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

/** A moment as people read it, in this machine's time zone: `2026-11-23 12:03:07`. */
export function momentText(iso: string): string {
  const date = new Date(iso);
  const pad = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}
