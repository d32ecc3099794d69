/** Whether this machine can hold our table at all, and what it lacks where it cannot. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type Feature, probeText } from "./features.ts";
import { isPermission, noPermission } from "./refusal.ts";
import { type NftCommand, runNft } from "./run-nft.ts";

const OLDEST_NFT = "1.0.6";
const OLDEST_KERNEL = "5.10";

/** Throws `kernel/too-old` unless this release of Linux (`os.release()`) is new enough. */
export function assertKernel(release: string): void {
  if (isOlder(release, OLDEST_KERNEL))
    throw new BulkheadError(
      "kernel/too-old",
      `this is Linux ${release}; ${OLDEST_KERNEL} or newer is needed`,
    );
}

/** Throws `kernel/nft-missing`, or `kernel/too-old`, by what `nft --version` says. */
export async function assertNft(command: NftCommand): Promise<void> {
  const { stdout, stderr } = await runNft(command, ["--version"]);
  const version = /nftables v([0-9.]+)/.exec(stdout)?.[1];
  if (version === undefined)
    throw new BulkheadError(
      "kernel/nft-unreadable",
      `nft --version says '${(stdout || stderr).trim().slice(0, 200)}'`,
    );
  if (isOlder(version, OLDEST_NFT))
    throw new BulkheadError("kernel/too-old", `this is nft ${version}; ${OLDEST_NFT} or newer is needed`);
}

/** Throws `kernel/no-permission` or `kernel/feature-missing`, naming every one of these features that nft or the kernel refuses. */
export async function assertFeatures(command: NftCommand, features: readonly Feature[]): Promise<void> {
  if (await isAccepted(command, features)) return;
  const missing: Feature[] = [];
  for (const feature of features) if (!(await isAccepted(command, [feature]))) missing.push(feature);
  if (missing.length === 0) return;
  const names = missing.map(({ name, origin }) => `${name} [${origin}]`).join("; ");
  throw new BulkheadError("kernel/feature-missing", `this kernel or nft cannot do: ${names}`);
}

async function isAccepted(command: NftCommand, features: readonly Feature[]): Promise<boolean> {
  const { status, stderr } = await runNft(command, ["--check", "-f", "-"], probeText(features));
  if (status !== 0 && isPermission(stderr)) throw noPermission(stderr);
  return status === 0;
}

function isOlder(version: string, oldest: string): boolean {
  const have = version.split(/[.-]/).map(Number);
  for (const [at, wanted] of oldest.split(".").map(Number).entries()) {
    const part = have[at] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
