/** What has to be known to find out what is unused: who was there to see, and since when which rules were active. */

import type { Estate } from "./estate.ts";
import type { UnusedTask } from "./judging/finding-unused.ts";
import type { Versions } from "./versions.ts";

/** A host that is gone for longer may have seen something that it has not told yet. */
const SILENT_MILLISECONDS = 5 * 60_000;
/** Activations that are looked at; what was before them counts as not there. */
const MOST_ACTIVATIONS = 20;

export interface UnusedTaskParts {
  readonly estate: Estate;
  readonly versions: Versions;
  /** Where the recorded flows are. */
  readonly path: string;
  readonly since: number;
  readonly now: number;
}

export function unusedTask({ estate, versions, path, since, now }: UnusedTaskParts): UnusedTask {
  const [active, ...before] = versions.activations();
  const earlier = reaching(before, since).map(({ policy, at }) => ({
    since: at,
    files: versions.files(policy),
  }));
  const reporting = estate
    .hosts()
    .filter(({ revokedAt }) => revokedAt === undefined)
    .map(({ name, joinedAt, seenAt }) => ({
      ...{ host: name, since: joinedAt },
      silentSince: estate.isConnected(name) ? undefined : silentSince(seenAt ?? joinedAt, now),
    }));
  return {
    ...estate.judged(),
    ...{ flows: { path, since, until: now }, reporting, earlier, activeSince: active?.at ?? now },
  };
}

function silentSince(seenAt: number, now: number): number | undefined {
  return now - seenAt > SILENT_MILLISECONDS ? seenAt : undefined;
}

/** The latest first, until one was active when the time that is looked at began. */
function reaching<Version extends { readonly at: number }>(
  activations: readonly Version[],
  since: number,
): readonly Version[] {
  const beyond = activations.findIndex(({ at }) => at <= since);
  const needed = beyond < 0 ? activations : activations.slice(0, beyond + 1);
  return needed.slice(0, MOST_ACTIVATIONS);
}
