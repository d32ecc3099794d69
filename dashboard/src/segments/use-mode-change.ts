import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { useMemo } from "react";
import { useFiles, useInventory } from "../api/queries.ts";
import { type PlanAsked, usePlan } from "../plan/use-plan.ts";
import { type AskedChange, type ModeAsked, modeChange } from "./mode-change.ts";

export interface SegmentChange {
  readonly name: string;
  /** The version that is in force, which it starts from. */
  readonly active: number;
  readonly asked: ModeAsked;
  readonly change: AskedChange;
}

/** Undefined until all that it depends on is known. */
export function useModeChange(
  name: string,
  asked: ModeAsked | undefined,
  {
    active,
    resolved,
  }: { readonly active: number | undefined; readonly resolved: ResolvedPolicy | undefined },
): SegmentChange | undefined {
  const files = useFiles(active).data;
  const joined = useInventory().data;
  const { mode, direction } = asked ?? {};
  return useMemo(() => {
    if (mode === undefined || active === undefined) return undefined;
    if (files === undefined || joined === undefined || resolved === undefined) return undefined;
    const whole = { mode, direction };
    return {
      name,
      active,
      asked: whole,
      change: modeChange(name, whole, { files, joined, before: resolved }),
    };
  }, [name, active, mode, direction, files, joined, resolved]);
}

/** What it would break of what was recorded, as the server makes it out: asked only where a host gets another mode. */
export function useChangePlan(
  { name, active, change }: SegmentChange,
  { window, freshFor }: Pick<PlanAsked, "window" | "freshFor">,
) {
  const draft =
    change.kind === "change" && change.moved.length > 0
      ? { files: change.files, at: JSON.stringify([active, name, change.wanted]) }
      : undefined;
  return usePlan({ draft, active, window, ...(freshFor !== undefined && { freshFor }) });
}
