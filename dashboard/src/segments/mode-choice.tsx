import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import { Choice } from "../parts/choice.tsx";
import { MODES } from "./mode-change.ts";
import type { AskedMode } from "./use-mode-asked.ts";

const OPTIONS = MODES.toReversed().map((mode) => ({ value: mode, words: mode }));
const BOTH = "both";

export function ModeChoice({ asked, onChange }: AskedMode) {
  return (
    <div className="mode-asked">
      <Choice
        label="Mode"
        value={asked.mode}
        options={OPTIONS}
        onChange={(mode) => onChange({ ...asked, mode })}
      />
      <label className="field">
        <span>For</span>
        <select
          value={asked.direction ?? BOTH}
          onChange={({ target: { value } }) =>
            onChange({ ...asked, direction: value === BOTH ? undefined : (value as Direction) })
          }
        >
          <option value={BOTH}>both directions</option>
          <option value="ingress">what arrives (ingress)</option>
          <option value="egress">what is sent (egress)</option>
        </select>
      </label>
    </div>
  );
}
