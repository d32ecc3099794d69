import type { RolloutView } from "@bulkhead/server/api/rollout-shapes.ts";

const LOOKS: Readonly<Record<RolloutView["state"], { readonly look: string; readonly words: string }>> = {
  running: { look: "doubt", words: "▶ under way" },
  paused: { look: "doubt", words: "‖ paused" },
  halted: { look: "bad", words: "✕ halted" },
  "rolled-back": { look: "bad", words: "↶ taken back" },
  done: { look: "good", words: "✓ done" },
};

export function RolloutState({ state }: { readonly state: RolloutView["state"] }) {
  const { look, words } = LOOKS[state];
  return <span className={`sync ${look}`}>{words}</span>;
}
