/** A version of the policy with the hosts that have joined: what the server resolves, resolved here by the same code. */

import type { InventoryHost } from "@bulkhead/server/api/shapes.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Host } from "@bulkhead/shared/policy/policy.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { useMemo } from "react";
import { type PolicyFile, useFiles, useInventory, useStatus } from "../api/queries.ts";

interface Served {
  /** Null where no version has been provisioned; undefined until it is known. */
  readonly data: ResolvedPolicy | null | undefined;
  readonly error: Error | null;
}

/** The active version where none is named. */
export function useServedPolicy(version?: number): Served {
  const status = useStatus();
  const number = version ?? status.data?.policy ?? undefined;
  const files = useFiles(number);
  const inventory = useInventory();
  const resolved = useMemo(
    () =>
      files.data === undefined || inventory.data === undefined
        ? undefined
        : resolveFiles(files.data, inventory.data),
    [files.data, inventory.data],
  );
  if (version === undefined && status.data?.policy === null) return { data: null, error: null };
  const error = status.error ?? files.error ?? inventory.error;
  if (resolved instanceof Error) return { data: undefined, error: resolved };
  return { data: resolved, error };
}

/** An error where the files are no policy. */
export function resolveFiles(
  files: readonly PolicyFile[],
  joined: readonly InventoryHost[],
  now = Date.now(),
): ResolvedPolicy | Error {
  const { policy, problems } = parsePolicy(files, { now });
  if (policy === undefined) return new Error(problems[0]?.message ?? "these files are no policy");
  const hosts = new Map<string, Host>(policy.hosts);
  for (const { name, addresses, labels, managed } of joined)
    if (managed) hosts.set(name, { name, addresses, labels, place: { file: "joined", line: 0, column: 0 } });
  const whole = { ...policy, hosts };
  return resolvePolicy(whole, buildInventory(whole), { now });
}
