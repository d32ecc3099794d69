/** Whether a host enforces what it should, as a drawing and a word. */

import type { Sync } from "@bulkhead/server/api/shapes.ts";

const LOOKS: Readonly<
  Record<Sync["state"], { readonly words: string; readonly look: string; readonly sign: string }>
> = {
  "in-sync": { words: "in sync", look: "good", sign: "●" },
  behind: { words: "behind", look: "doubt", sign: "◐" },
  ahead: { words: "ahead", look: "doubt", sign: "◑" },
  offline: { words: "offline", look: "bad", sign: "○" },
  unknown: { words: "unknown", look: "none", sign: "?" },
  isolated: { words: "isolated", look: "doubt", sign: "▣" },
  revoked: { words: "revoked", look: "none", sign: "×" },
};

export const SYNC_STATES = Object.keys(LOOKS) as readonly Sync["state"][];

export function syncWords(state: Sync["state"]): string {
  return LOOKS[state].words;
}

export function SyncMark({ sync }: { readonly sync: Sync }) {
  const { words, look, sign } = LOOKS[sync.state];
  return (
    <span className={`sync ${look}`} title={sync.why}>
      <span aria-hidden="true">{sign}</span> {words}
    </span>
  );
}
