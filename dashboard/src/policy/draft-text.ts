/** What is being written and not kept yet: it outlives going to another page and back, not a reload. */

import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { PolicyFile } from "../api/queries.ts";

/** As the address of another page calls it, where a version's number could stand. */
export const EDITOR_DRAFT = "editor";

export interface DraftText {
  readonly files: readonly PolicyFile[];
  /** The version that it began with. */
  readonly base: number | undefined;
  /** Tells it from what was written before, and later. */
  readonly at: number;
}

const KEY = ["draft-text"];

export function useDraftText(): DraftText | undefined {
  return useQuery<DraftText>({ queryKey: KEY, queryFn: skipToken, gcTime: Number.POSITIVE_INFINITY }).data;
}

/** Undefined forgets it. */
export function useKeepDraftText(): (draft: DraftText | undefined) => void {
  const client = useQueryClient();
  return useCallback(
    (draft) => {
      if (draft === undefined) client.removeQueries({ queryKey: KEY });
      else client.setQueryData(KEY, draft);
    },
    [client],
  );
}

/** The files with another one at their end, under a name that none of them has. */
export function withFile(files: readonly PolicyFile[], offered: PolicyFile): readonly PolicyFile[] {
  const names = new Set(files.map(({ name }) => name));
  let { name } = offered;
  for (let more = 2; names.has(name); more++) name = offered.name.replace(/\.yaml$/, `-${more}.yaml`);
  return [...files, { ...offered, name }];
}
