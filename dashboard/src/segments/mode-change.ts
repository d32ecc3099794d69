/** What it would mean if a segment said another mode: the policy's text with it, and the hosts for which something changes. Pure. */

import type { InventoryHost } from "@bulkhead/server/api/shapes.ts";
import { withSegmentMode } from "@bulkhead/shared/policy/edit/segment-mode.ts";
import type { Direction, Mode, Modes } from "@bulkhead/shared/policy/policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import type { PolicyFile } from "../api/queries.ts";
import { resolveFiles } from "../policy/served-policy.ts";

export const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** From the laxest to the strictest. */
export const MODES: readonly Mode[] = ["off", "observe", "enforce"];

/** As the address has it: for one direction, or undefined for both. */
export interface ModeAsked {
  readonly mode: Mode;
  readonly direction: Direction | undefined;
}

export interface ModeChange {
  readonly kind: "change";
  readonly files: readonly PolicyFile[];
  readonly wanted: Partial<Modes>;
  readonly moved: readonly { readonly name: string; readonly before: Modes; readonly after: Modes }[];
  /** Members whose mode stays as it is, and the other segments that say so; none where it was so already. */
  readonly kept: readonly { readonly name: string; readonly modes: Modes; readonly by: readonly string[] }[];
}

export type AskedChange =
  | ModeChange
  /** It says so already. */
  | { readonly kind: "same" }
  | { readonly kind: "problem"; readonly words: string };

export function wantedModes({ mode, direction }: ModeAsked): Partial<Modes> {
  return direction === undefined ? { ingress: mode, egress: mode } : { [direction]: mode };
}

/** What the hosts of a segment have where no other one is stricter. */
export function saidModes(said: Partial<Modes>, { ingress, egress }: Modes): Modes {
  return { ingress: said.ingress ?? ingress, egress: said.egress ?? egress };
}

/** One step on the way from seeing to enforcing, for whichever direction is behind; undefined at its end. */
export function nextMode({ ingress, egress }: Modes): ModeAsked | undefined {
  const [into, outOf] = [MODES.indexOf(ingress), MODES.indexOf(egress)];
  const mode = MODES[Math.min(into, outOf) + 1];
  if (mode === undefined) return undefined;
  return { mode, direction: into === outOf ? undefined : into < outOf ? "ingress" : "egress" };
}

/** @param before the active version's files, resolved. */
export function modeChange(
  segment: string,
  asked: ModeAsked,
  {
    files,
    joined,
    before,
  }: {
    readonly files: readonly PolicyFile[];
    readonly joined: readonly InventoryHost[];
    readonly before: ResolvedPolicy;
  },
): AskedChange {
  const wanted = wantedModes(asked);
  const edited = withSegmentMode(files, segment, wanted);
  if ("problem" in edited) return { kind: "problem", words: edited.problem };
  if ("same" in edited) return { kind: "same" };
  const after = resolveFiles(edited.files, joined, before.now);
  if (after instanceof Error) return { kind: "problem", words: after.message };
  const members = before.inventory.members(segment).map(({ name, modes, segments }) => ({
    name,
    before: modes,
    after: after.inventory.hosts.get(name)?.modes ?? modes,
    others: segments.filter((other) => other !== segment),
  }));
  const isMoved = (one: { readonly before: Modes; readonly after: Modes }) =>
    DIRECTIONS.some((direction) => one.before[direction] !== one.after[direction]);
  return {
    kind: "change",
    files: edited.files,
    wanted,
    moved: members.filter(isMoved).map(({ name, before, after }) => ({ name, before, after })),
    kept: members
      .filter((one) => !isMoved(one))
      .map(({ name, before: modes, others }) => ({
        name,
        modes,
        by: others.filter((other) => isHeldBy(after, other, { modes, wanted })),
      })),
  };
}

/** Whether that segment is why its hosts have this mode, where another was wanted. */
function isHeldBy(
  { policy }: ResolvedPolicy,
  name: string,
  { modes, wanted }: { readonly modes: Modes; readonly wanted: Partial<Modes> },
): boolean {
  const segment = policy.segments.get(name);
  return (
    segment?.kind === "select" &&
    DIRECTIONS.some(
      (direction) =>
        wanted[direction] !== undefined &&
        wanted[direction] !== modes[direction] &&
        segment.mode[direction] === modes[direction],
    )
  );
}
