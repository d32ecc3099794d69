/** Whether the map shows what was seen, or what a draft would change of it. */

import { useStatus, useVersions } from "../api/queries.ts";
import { EDITOR_DRAFT, useDraftText } from "../policy/draft-text.ts";

const MOST = 30;

export function DraftChoice({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (draft: string) => void;
}) {
  const versions = useVersions().data ?? [];
  const active = useStatus().data?.policy;
  const text = useDraftText();
  const drafts = versions.filter(({ number }) => number !== active).slice(0, MOST);
  const isListed = drafts.some(({ number }) => String(number) === value);
  return (
    <label className="field">
      <span>Show</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">what was seen</option>
        {(text !== undefined || value === EDITOR_DRAFT) && (
          <option value={EDITOR_DRAFT}>what the editor’s text would change</option>
        )}
        {value !== "" && value !== EDITOR_DRAFT && !isListed && (
          <option value={value}>what version {value} would change</option>
        )}
        {drafts.map(({ number, message }) => (
          <option key={number} value={number}>
            what version {number} would change{message === "" ? "" : `: ${shortened(message)}`}
          </option>
        ))}
      </select>
    </label>
  );
}

const LONGEST = 40;

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
