/** What is doubtful in a version, as the server says it: on the hosts that there are, and against what was recorded. */

import type { LintLine } from "@bulkhead/server/api/advice-shapes.ts";
import type { ProgressLine } from "@bulkhead/server/api/progress-shapes.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { useEffect, useMemo, useState } from "react";
import { sendForLines } from "../api/client.ts";
import { type PolicyFile, useFiles, useInventory } from "../api/queries.ts";
import { type MakingOf, useMaking } from "../api/use-making.ts";
import { doubtsOf, furtherDoubts } from "./doubts.ts";

export type LintEnd = Exclude<LintLine, ProgressLine>;

/** @param past how the address names the time from which on flows are looked at, and how long that is. */
export function useLint(
  version: number,
  past: { readonly value: string; readonly milliseconds: number },
): MakingOf<LintEnd> {
  return useMaking<LintEnd>({
    of: ["plan", "lint", version, past.value],
    lines: (signal) =>
      sendForLines<LintLine>("lint", { version, since: Date.now() - past.milliseconds }, signal),
    freshFor: Number.POSITIVE_INFINITY,
  });
}

const NONE: readonly Problem[] = [];

/** Without what was recorded, at once; undefined until the version is here. */
export function useDoubts(version: number | undefined): readonly Problem[] | undefined {
  const files = useFiles(version).data;
  const joined = useInventory().data;
  return useMemo(
    () => (files === undefined || joined === undefined ? undefined : doubtsOf(files, joined, Date.now())),
    [files, joined],
  );
}

/** A large policy on many hosts takes a quarter of a second: it is looked at when the writer pauses. */
const PAUSE_MILLISECONDS = 400;

/** Of text that is being written, those that its parser has not told. */
export function useDoubtsOfText(
  files: readonly PolicyFile[],
  problems: readonly Problem[],
): readonly Problem[] {
  const joined = useInventory().data;
  const [doubts, setDoubts] = useState(NONE);
  useEffect(() => {
    if (joined === undefined) return;
    const timer = setTimeout(
      () => setDoubts(furtherDoubts(files, { joined, now: Date.now(), problems })),
      PAUSE_MILLISECONDS,
    );
    return () => clearTimeout(timer);
  }, [files, joined, problems]);
  return doubts;
}
