/** What the real nft and kernel make of texts, in a network namespace that lives as long as one command. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ISOLATED = process.getuid?.() === 0 ? ["-n"] : ["-rn"];

/** Loads each of these one after another into an empty kernel; what `nft -s list table` says at the end. */
export function listAfter(transactions: readonly string[]): string {
  return listEach([transactions])[0] ?? "";
}

/** The same for many histories, in one process, as starting one is what costs. */
export function listEach(histories: readonly (readonly string[])[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-nft-"));
  try {
    const steps = histories.flatMap((transactions, history) => [
      ...transactions.map((text, at) => {
        const file = join(folder, `${history}-${at}.nft`);
        writeFileSync(file, text);
        return `nft -f ${file}`;
      }),
      `nft -s list table inet bulkhead; echo ${SEPARATOR}; nft delete table inet bulkhead`,
    ]);
    const output = execFileSync("unshare", [...ISOLATED, "sh", "-ec", steps.join("\n")], {
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 << 20,
    });
    return output.split(`${SEPARATOR}\n`).slice(0, histories.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SEPARATOR = "=== end of the listing ===";
