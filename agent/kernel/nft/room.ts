/** Whole rulesets in the real kernel, by the nft command. */

import { release } from "node:os";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { PROBATION } from "@bulkhead/shared/nft/probation.ts";
import { TABLE } from "@bulkhead/shared/nft/ruleset.ts";
import type { NftRoom, TableInKernel } from "../kernel.ts";
import { FEATURES, type Feature } from "./features.ts";
import { countersOf, objectsOf, readJson, secondsLeft, stableText } from "./listing.ts";
import { OwnPrograms } from "./own-programs.ts";
import { programDirectories } from "./program.ts";
import { isFromKernel, isPermission, noPermission, refusal } from "./refusal.ts";
import { type NftCommand, runNft } from "./run-nft.ts";
import { assertFeatures, assertKernel, assertNft } from "./usable.ts";

export interface NftRoomOptions extends NftCommand {
  readonly features: readonly Feature[];
  /** As `os.release()` says it. */
  readonly kernelRelease: string;
}

const OURS = [TABLE.family, TABLE.name];

/** The room; everything about the nft command may be set otherwise. */
export function nftRoom(overrides: Partial<NftRoomOptions> = {}): NftRoom {
  const options: NftRoomOptions = {
    directories: programDirectories(process.env.PATH),
    timeoutMilliseconds: 30_000,
    // A million addresses are some 40 MB of listing.
    maximumOutputBytes: 256 * 1024 * 1024,
    features: FEATURES,
    kernelRelease: release(),
    ...overrides,
  };
  const own = new OwnPrograms();
  const command = { ...options, started: (pid: number) => own.add(pid) };
  return roomOf(command, own);
}

function roomOf(options: NftRoomOptions, own: OwnPrograms): NftRoom {
  return {
    assertUsable: () => assertUsable(options),
    check: (transaction) => send(options, ["--check", "-f", "-"], transaction),
    load: (transaction) => send(options, ["-f", "-"], transaction),
    read: () => read(options),
    list: () => list(options, ["list", "table", ...OURS]),
    listEverything: async () => (await list(options, ["-s", "-t", "list", "ruleset"])) ?? "",
    isOwn: (pid) => own.has(pid),
  };
}

async function assertUsable(options: NftRoomOptions): Promise<void> {
  assertKernel(options.kernelRelease);
  await assertNft(options);
  const always = options.features.filter(({ needed }) => needed === "always");
  await assertFeatures(options, always);
}

async function send(options: NftRoomOptions, args: readonly string[], transaction: string): Promise<void> {
  const { status, stderr } = await runNft(options, args, transaction);
  if (status === 0) return;
  if (isPermission(stderr)) throw noPermission(stderr);
  // The kernel says of a missing module only "No such file or directory": find out which it is before blaming the ruleset.
  if (isFromKernel(stderr)) await assertFeatures(options, options.features);
  throw refusal(transaction, stderr);
}

async function read(options: NftRoomOptions): Promise<TableInKernel | undefined> {
  const [listing, json] = await Promise.all([
    list(options, ["-s", "list", "table", ...OURS]),
    // Terse: without the sets' elements, which are most of a large table.
    list(options, ["-j", "-t", "list", "table", ...OURS]),
  ]);
  if (listing === undefined || json === undefined) return undefined;
  const listed = readJson(json);
  const table = { stableText: stableText(listing), objects: objectsOf(listed), counters: countersOf(listed) };
  if (!table.objects.sets.includes(PROBATION)) return table;
  const clock = await list(options, ["-j", "list", "set", ...OURS, PROBATION]);
  return { ...table, probation: { secondsLeft: clock === undefined ? 0 : secondsLeft(readJson(clock)) } };
}

/** What nft prints; undefined where it says that there is no such thing. */
async function list(options: NftRoomOptions, args: readonly string[]): Promise<string | undefined> {
  const { status, stdout, stderr } = await runNft(options, args);
  if (status === 0) return stdout;
  if (isPermission(stderr)) throw noPermission(stderr);
  if (stderr.includes("No such file or directory")) return undefined;
  throw new BulkheadError("kernel/nft-refused", `nft ${args.join(" ")}: ${stderr.trim().slice(0, 200)}`);
}
